using System.Globalization;
using Casement.Server.Engine;
using Casement.Server.Ssm.Windows;
using NodaTime;
using NodaTime.Text;

namespace Casement.Server.Tests.Engine;

/// <summary>A whole year on a clock that is moved: what opened is what was said in advance, and what a walk over every minute of that year says.</summary>
public sealed class YearTests
{
    private const int MinutesOfYear = 365 * 24 * 60;
    private static readonly Instant NewYear = Instant.FromUtc(2027, 1, 1, 0, 0);

    private sealed record Planned(string Schedule, Func<LocalDateTime, bool> Fits, bool Both = false, int Offset = 0);

    // local times in the gap and in the overlap of each zone are among them
    private static readonly Dictionary<string, Planned[]> Zones = new()
    {
        ["Europe/Berlin"] =
        [
            new("cron(30 2 * * ? *)", t => t is { Hour: 2, Minute: 30 }),
            new("cron(0 3 * * ? *)", t => t is { Hour: 3, Minute: 0 }),
            new("cron(0/20 1-3 ? * SUN *)", t => t.DayOfWeek == IsoDayOfWeek.Sunday && t.Hour is >= 1 and <= 3 && t.Minute % 20 == 0),
            new("cron(0/20 1-3 ? * SUN *)", t => t.DayOfWeek == IsoDayOfWeek.Sunday && t.Hour is >= 1 and <= 3 && t.Minute % 20 == 0, Both: true),
            new("cron(15 2 ? * SAT#4 *)", t => t is { Hour: 2, Minute: 15, DayOfWeek: IsoDayOfWeek.Saturday } && (t.Day + 6) / 7 == 4, Offset: 1),
        ],
        ["Australia/Lord_Howe"] =
        [
            new("cron(45 1 * * ? *)", t => t is { Hour: 1, Minute: 45 }),
            new("cron(15 2 * * ? *)", t => t is { Hour: 2, Minute: 15 }),
            new("cron(0/10 1-2 ? 4,10 SUN *)", t => t is { DayOfWeek: IsoDayOfWeek.Sunday, Month: 4 or 10, Hour: 1 or 2 } && t.Minute % 10 == 0),
        ],
        ["America/Santiago"] =
        [
            new("cron(30 0 * * ? *)", t => t is { Hour: 0, Minute: 30 }),
            new("cron(30 23 * * ? *)", t => t is { Hour: 23, Minute: 30 }),
            new("cron(0 0 1 * ? *)", t => t is { Day: 1, Hour: 0, Minute: 0 }),
            new("cron(0/30 0,23 ? * SAT,SUN *)", t => t.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday && t.Hour is 0 or 23 && t.Minute % 30 == 0),
        ],
    };

    public static TheoryData<string> ZoneIds => [.. Zones.Keys];

    [Theory]
    [MemberData(nameof(ZoneIds))]
    public async Task Every_window_of_a_year_opens_when_it_was_said_to(string zone)
    {
        var clock = new ManualTimeProvider(NewYear, TimeProvider.System);
        using var host = new EngineHost(clock);
        var windows = new List<string>();
        foreach (var planned in Zones[zone])
        {
            windows.Add(await host.Window(planned.Schedule, zone, 1, 0, r => r with
            {
                ScheduleOffset = planned.Offset == 0 ? null : planned.Offset,
                Tags = planned.Both ? [new() { Key = "casement:repeated-hour", Value = "both" }] : null,
            }));
        }

        var rate = await host.Window("rate(12 hours)", zone, 1, 0);
        var until = NewYear + Duration.FromMinutes(MinutesOfYear);
        var said = new Dictionary<string, List<Instant>>();
        foreach (var window in windows.Append(rate))
        {
            said.Add(window, await Said(host, window, until));
        }

        await host.Backstage.Stepper.MoveTo(clock, until.ToDateTimeOffset());
        await host.Bells.Settled();

        var (index, changes) = (0, 0);
        foreach (var planned in Zones[zone])
        {
            var walked = Walk(planned, DateTimeZoneProviders.Tzdb[zone], out changes);
            Assert.Equal(walked, said[windows[index]]);
            Assert.Equal(walked, Opened(host, windows[index], overlapping: planned.Schedule.Contains('/', StringComparison.Ordinal)));
            Assert.NotEmpty(walked);
            index++;
        }

        Assert.Equal(2, changes);
        Assert.Equal([.. Enumerable.Range(1, 2 * 365).Select(n => NewYear + (n * Duration.FromHours(12)))], said[rate]);
        Assert.Equal(said[rate], Opened(host, rate, false));
    }

    private static async Task<List<Instant>> Said(EngineHost host, string window, Instant until)
    {
        var said = new List<Instant>();
        string? token = null;
        do
        {
            var page = await host.Run(new DescribeMaintenanceWindowSchedule(), new()
            {
                WindowId = window,
                MaxResults = 500,
                NextToken = token,
                Filters = [new() { Key = "ScheduledBefore", Values = [InstantPattern.ExtendedIso.Format(until + Duration.FromSeconds(1))] }],
            });
            said.AddRange(page.ScheduledWindowExecutions!.Select(e => OffsetDateTime(e.ExecutionTime!)));
            token = page.NextToken;
        }
        while (token is not null);
        return said;
    }

    private static Instant OffsetDateTime(string text) =>
        Instant.FromDateTimeOffset(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));

    // without tasks a run ends when it opens, so that none overlaps the next
    private static List<Instant> Opened(EngineHost host, string window, bool overlapping)
    {
        var rows = host.History(window);
        Assert.All(rows, r =>
        {
            Assert.True(r.Opened || overlapping, r.Details);
            Assert.Equal(("SUCCESS", r.At), (r.Status, r.StartedAt));
        });
        return [.. rows.Select(r => r.At)];
    }

    // knows no more of time than a zone's offset at an instant: local minutes go by one after another; a jump passes those that it
    // skips at once, a step back passes some again
    private static List<Instant> Walk(Planned planned, DateTimeZone zone, out int changes)
    {
        var found = new List<Instant>();
        changes = 0;
        var offset = Duration.FromDays(planned.Offset);
        var local = Local(NewYear);
        var newest = local;
        for (var minute = 1; minute <= MinutesOfYear; minute++)
        {
            var at = NewYear + Duration.FromMinutes(minute);
            var here = Local(at);
            var step = Period.Between(local, here, PeriodUnits.Minutes).Minutes;
            changes += step == 1 ? 0 : 1;
            var hit = false;
            for (var passed = step > 0 ? local.PlusMinutes(1) : here; passed <= here; passed = passed.PlusMinutes(1))
            {
                hit |= (passed > newest || planned.Both) && planned.Fits(passed.PlusTicks(-offset.BclCompatibleTicks));
            }

            if (hit)
            {
                found.Add(at);
            }

            newest = here > newest ? here : newest;
            local = here;
        }

        return found;

        LocalDateTime Local(Instant at) => at.InZone(zone).LocalDateTime;
    }
}
