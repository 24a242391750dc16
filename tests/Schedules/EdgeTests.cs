using Casement.Tests;
using CsCheck;
using NodaTime;

namespace Casement.Schedules.Tests;

/// <summary>Every zone, the ends of time, expressions that never match, and the two kinds of schedules that are not cron.</summary>
public sealed class EdgeTests
{
    private static readonly Instant _first = Instant.FromUtc(1970, 1, 10, 0, 0);
    private static readonly Instant _last = Instant.FromUtc(2199, 12, 1, 0, 0);

    public static TheoryData<RepeatedHour> Passes => [RepeatedHour.First, RepeatedHour.Both];

    [Theory]
    [MemberData(nameof(Passes))]
    public void Every_zone_opens_as_the_walk_does_around_its_changes_of_clocks(RepeatedHour repeated)
    {
        var zones = DateTimeZoneProviders.Tzdb.Ids;
        Assert.True(zones.Count > 400);
        foreach (string id in zones)
        {
            Instant[] changes = [.. DateTimeZoneProviders.Tzdb[id].GetZoneIntervals(_first, _last).Where(i => i.HasEnd && i.End < _last).Select(i => i.End)];
            var dice = new Dice((ulong)id.Sum(c => c) + (ulong)repeated);
            for (int i = 0; i < Soak.Times(2); i++)
            {
                Instant around = changes.Length > 0 ? dice.Of(changes) : Instant.FromUtc(2000 + i, 3, 1, 0, 0);
                Assert.Equal(Around(around, id, repeated, out WindowSchedule window), window.Between(around - Duration.FromDays(1), around + Duration.FromDays(1)));
            }
        }
    }

    [Fact]
    public void Next_rises_and_never_throws_from_the_beginning_to_the_end_of_time() =>
        CaseGen.Cases.Select(Gen.Long[Instant.MinValue.ToUnixTimeSeconds(), Instant.MaxValue.ToUnixTimeSeconds()]).Sample(
            pair =>
            {
                (Case it, long second) = pair;
                Instant instant = Instant.FromUnixTimeSeconds(second);
                WindowSchedule window = Given.Window(new WindowTerms(Given.Schedule(it.Text), (second & 1) == 0 ? it.Anchor : instant)
                {
                    Timezone = it.Zone,
                    ScheduleOffset = it.Offset == 0 ? null : it.Offset,
                    RepeatedHour = it.Repeated,
                });
                foreach (Instant start in (Instant[])[Instant.MinValue, Instant.MaxValue, instant, _last, Instant.FromUtc(2199, 12, 31, 23, 59)])
                {
                    Instant after = start;
                    for (int i = 0; i < 5 && window.Next(after) is { } next; i++)
                    {
                        Assert.True(next.Instant > after);
                        Assert.InRange(next.BaseDate.Year, 1970, 2199);
                        after = next.Instant;
                    }
                }
            },
            iter: Soak.Times(1_000),
            threads: 1);

    [Theory]
    [InlineData("cron(0 0 31 2 ? *)")]
    [InlineData("cron(0 0 30,31 FEB ? *)")]
    [InlineData("cron(0 0 31 2,4,6,9,11 ? *)")]
    [InlineData("cron(0 0 L-30 2,4 ? *)")]
    [InlineData("cron(0 0 30W 2 ? *)")]
    [InlineData("cron(0 0 29 2 ? 2023)")]
    public void What_never_matches_is_never_in_every_zone(string text)
    {
        Schedule schedule = Given.Schedule(text);
        foreach (string id in DateTimeZoneProviders.Tzdb.Ids)
        {
            foreach (RepeatedHour repeated in Passes.Select(p => p.Data))
            {
                WindowSchedule window = Given.Window(new WindowTerms(schedule, Instant.FromUtc(2024, 1, 1, 0, 0)) { Timezone = id, RepeatedHour = repeated });
                Assert.Null(window.Next(Instant.FromUtc(2024, 1, 1, 0, 0)));
            }
        }
    }

    [Fact]
    public void Never_is_known_after_the_months_that_there_are()
    {
        var days = new NoDays();
        var years = Enumerable.Range(0, 230).Aggregate(default(ValueSet), (set, year) => set.With(year));
        var february = new CronFields(1, 1, 1, 1U << 2, days, years);
        Assert.Equal(CronFields.Never, february.NextLocal(0));
        Assert.Equal(230, days.Looks);

        days.Looks = 0;
        var everyMonth = new CronFields(1, 1, 1, 0b1_1111_1111_1110, days, years);
        Assert.Equal(CronFields.Never, everyMonth.NextLocal(0));
        Assert.Equal(2_760, days.Looks);

        // a zone with two changes a year does not repeat the search
        days.Looks = 0;
        var series = new CronSeries(everyMonth, ZoneTimeline.Of(DateTimeZoneProviders.Tzdb["America/Los_Angeles"]), RepeatedHour.Both, 6, 0, null);
        Assert.Null(series.Next(Instant.FromUtc(1970, 1, 1, 0, 0)));
        Assert.InRange(days.Looks, 1, 2_760);
    }

    [Theory]
    [InlineData("cron(0 0 1 1 ? 2199)", "2199-01-01T00:00Z")]
    [InlineData("cron(59 23 31 12 ? 2199)", "2199-12-31T23:59Z")]
    [InlineData("at(2199-12-31T23:59:59)", "2199-12-31T23:59:59Z")]
    public void The_last_year_opens_and_nothing_after_it(string text, string expected)
    {
        WindowSchedule window = Given.Window(text, "2198-12-31T00:00:00Z");
        Occurrence next = window.Next(Instant.FromUtc(2198, 12, 31, 0, 0))!.Value;
        Assert.Equal(expected, OccurrenceText.Format(next, window));
        Assert.Null(window.Next(next.Instant));
    }

    [Fact]
    public void A_rate_counts_from_its_start_or_its_anchor() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Int[0, 2], Gen.Long[0, 4_000_000_000_000], Gen.Int[-100_000, 100_000], Gen.Int[0, 3], Gen.Int[1, 400_000]).Sample(
            (count, unit, anchor, start, limits, length) =>
            {
                string[] units = ["minute", "hour", "day"];
                long interval = count * ((long[])[60_000, 3_600_000, 86_400_000])[unit];
                long? from = (limits & 1) != 0 ? anchor + (start * 1_000L) : null;
                long? until = (limits & 2) != 0 ? (from ?? anchor) + (length * 60_000L) : null;
                WindowSchedule window = Given.Window(new WindowTerms(Given.Schedule($"rate({count} {units[unit]}{(count == 1 ? "" : "s")})"), Instant.FromUnixTimeMilliseconds(anchor))
                {
                    StartDate = from is { } f ? Instant.FromUnixTimeMilliseconds(f).ToString("uuuu-MM-dd'T'HH:mm:ss.fff'Z'", null) : null,
                    EndDate = until is { } u ? Instant.FromUnixTimeMilliseconds(u).ToString("uuuu-MM-dd'T'HH:mm:ss.fff'Z'", null) : null,
                });
                long first = from > anchor ? from.Value : anchor + interval;
                List<long> expected = [.. Enumerable.Range(0, 20).Select(i => first + (i * interval)).Where(t => !(t >= until))];
                Assert.Equal(expected, window.Between(Instant.FromUnixTimeMilliseconds(anchor - 1), Instant.MaxValue).Take(20).Select(o => o.Instant.ToUnixTimeMilliseconds()));
            },
            iter: Soak.Times(1_000),
            threads: 1);

    [Fact]
    public void An_at_opens_once_where_its_local_time_lies() =>
        Gen.Select(Gen.Int[0, DateTimeZoneProviders.Tzdb.Ids.Count - 1], Gen.Int[0, 200], Gen.Int[-7_200, 7_200], Gen.Int[0, 3]).Sample(
            (zoneNumber, change, around, limits) =>
            {
                string id = DateTimeZoneProviders.Tzdb.Ids[zoneNumber];
                DateTimeZone zone = DateTimeZoneProviders.Tzdb[id];
                Instant[] changes = [.. zone.GetZoneIntervals(_first, _last).Where(i => i.HasEnd && i.End < _last).Select(i => i.End)];
                Instant instant = (changes.Length > 0 ? changes[change % changes.Length] : _first) + Duration.FromSeconds(around);
                LocalDateTime local = instant.InZone(zone).LocalDateTime.PlusSeconds(around);
                var mapping = zone.MapLocal(local);
                Instant expected = mapping.Count == 0 ? mapping.EarlyInterval.End : mapping.First().ToInstant();
                Instant? start = (limits & 1) != 0 ? instant : null;
                Instant anchor = (limits & 2) != 0 ? instant : _first - Duration.FromDays(5);
                WindowSchedule window = Given.Window(new WindowTerms(Given.Schedule($"at({local:uuuu-MM-dd'T'HH:mm:ss})"), anchor)
                {
                    Timezone = id,
                    StartDate = start?.ToString(),
                });
                bool opens = expected > anchor && !(expected < start);
                Assert.Equal(opens ? expected : null, window.Next(Instant.MinValue)?.Instant);
                Assert.Null(window.Next(expected));
            },
            iter: Soak.Times(1_000),
            threads: 1);

    /// <summary>Every half hour of the two days around an instant, by the walk.</summary>
    private static List<Occurrence> Around(Instant around, string zone, RepeatedHour repeated, out WindowSchedule window)
    {
        const string EveryHalfHour = "cron(10/30 * * * ? *)";
        Instant anchor = around - Duration.FromDays(3);
        window = Given.Window(new WindowTerms(Given.Schedule(EveryHalfHour), anchor) { Timezone = zone, RepeatedHour = repeated });
        return Oracle.Openings(new Case(
            EveryHalfHour, "every", _ => true, [.. Enumerable.Range(0, 24)], [10, 40], [0], false, zone,
            around - Duration.FromDays(1), around + Duration.FromDays(1), repeated, 0, anchor, null, null));
    }

    private sealed record NoDays : DayRule
    {
        public int Looks { get; set; }

        public override uint DaysOf(MonthShape month)
        {
            Looks++;
            return 0;
        }
    }
}
