using NodaTime;
using NodaTime.TimeZones;

namespace Casement.Schedules.Tests;

public sealed class OpeningTests
{
    private const string LosAngeles = "America/Los_Angeles";

    [Theory]
    [InlineData("cron(0 2 ? * THU#3 *)", "2024-01-18T02:00Z 2024-02-15T02:00Z 2024-03-21T02:00Z")]
    [InlineData("cron(15 10 ? * 6L *)", "2024-01-26T10:15Z 2024-02-23T10:15Z 2024-03-29T10:15Z")]
    [InlineData("cron(0 2 L * ? *)", "2024-01-31T02:00Z 2024-02-29T02:00Z 2024-03-31T02:00Z")]
    [InlineData("cron(0 2 L-29 * ? *)", "2024-01-02T02:00Z 2024-03-02T02:00Z 2024-04-01T02:00Z")]
    [InlineData("cron(0 2 LW 3,6 ? *)", "2024-03-29T02:00Z 2024-06-28T02:00Z 2025-03-31T02:00Z")]
    [InlineData("cron(0 2 L-1W 6 ? *)", "2024-06-28T02:00Z 2025-06-30T02:00Z 2026-06-29T02:00Z")]
    [InlineData("cron(0 2 31W * ? *)", "2024-01-31T02:00Z 2024-03-29T02:00Z 2024-05-31T02:00Z")]
    [InlineData("cron(0 2 ? * FRI#5 *)", "2024-03-29T02:00Z 2024-05-31T02:00Z 2024-08-30T02:00Z 2024-11-29T02:00Z")]
    [InlineData("cron(0 0 3W 2,3 ? *)", "2024-02-02T00:00Z 2024-03-04T00:00Z")]
    [InlineData("cron(0 0 1W 6,9 ? *)", "2024-06-03T00:00Z 2024-09-02T00:00Z")]
    [InlineData("cron(24 30 09 ? * * *)", "2024-01-01T09:30:24Z 2024-01-02T09:30:24Z")]
    [InlineData("cron(0 12 ? * L *)", "2024-01-06T12:00Z 2024-01-13T12:00Z")]
    [InlineData("cron(0 12 ? * FRI-MON *)", "2024-01-01T12:00Z 2024-01-05T12:00Z 2024-01-06T12:00Z 2024-01-07T12:00Z")]
    [InlineData("cron(0 22-2/2 1 1 ? *)", "2024-01-01T02:00Z 2024-01-01T22:00Z 2025-01-01T00:00Z")]
    [InlineData("cron(0 0 29 2 ? *)", "2024-02-29T00:00Z 2028-02-29T00:00Z")]
    [InlineData("cron(0 0 29 2 ? 2096-2105)", "2096-02-29T00:00Z 2104-02-29T00:00Z")]
    [InlineData("cron(50/5 0 2/3 1 ? *)", "2024-01-02T00:50Z 2024-01-02T00:55Z 2024-01-05T00:50Z")]
    [InlineData("cron(59 59 23 31 12 ? 2199)", "2199-12-31T23:59:59Z")]
    [InlineData("rate(5 minutes)", "2024-01-01T00:05Z 2024-01-01T00:10Z")]
    [InlineData("rate(25 days)", "2024-01-26T00:00Z 2024-02-20T00:00Z")]
    [InlineData("at(2024-07-07T15:55:00)", "2024-07-07T15:55Z")]
    public void Openings_in_UTC(string schedule, string expected)
    {
        string[] texts = expected.Split(' ');
        WindowSchedule window = Given.Window(schedule);
        int asked = texts.Length == 1 ? 2 : texts.Length;
        Assert.Equal(texts, Given.Texts(window, Given.At("2024-01-01T00:00:00Z"), asked));
    }

    [Theory]
    [InlineData("cron(0 09 ? * WED *)", LosAngeles, "2021-01-01T00:00:00-08:00", null, "2021-01-06T09:00-08:00", null)]
    [InlineData("rate(7 days)", "Asia/Tokyo", "2021-01-01T00:03:15+09:00", "2021-06-30T00:06:15+09:00", "2021-01-01T00:03:15+09:00", "2021-06-25T00:03:15+09:00")]
    [InlineData("cron(0 16 ? * TUE *)", LosAngeles, "2021-01-01T00:00:00-08:00", "2021-06-30T00:00:00-08:00", "2021-01-05T16:00-08:00", "2021-06-29T16:00-07:00")]
    [InlineData("at(2021-07-07T13:15:30)", LosAngeles, null, null, "2021-07-07T13:15:30-07:00", "2021-07-07T13:15:30-07:00")]
    [InlineData("cron(0 0 * * ? *)", null, "2021-02-01", "2021-02-03", "2021-02-01T00:00Z", "2021-02-02T00:00Z")]
    [InlineData("rate(1 day)", null, "2021-02-01T10:10:10Z", "2021-02-03T10:10:10Z", "2021-02-01T10:10:10Z", "2021-02-02T10:10:10Z")]
    [InlineData("rate(1 day)", null, "2021-02-01T05:34:56-07:00", null, "2021-02-01T05:34:56-07:00", null)]
    public void Validity_is_half_open(
        string schedule, string? zone, string? start, string? end, string first, string? last)
    {
        WindowTerms terms = new(Given.Schedule(schedule), Given.At("2020-12-01T00:00:00Z"))
        {
            Timezone = zone,
            StartDate = start,
            EndDate = end,
        };
        string[] texts = Given.Texts(Given.Window(terms), terms.Anchor, 400);
        Assert.Equal(first, texts[0]);
        if (last is not null)
        {
            Assert.Equal(last, texts[^1]);
        }
    }

    [Theory]
    [InlineData("2024-01-01T00:00:00Z", "2024-01-18T23:30Z 2024-02-22T23:30Z 2024-03-21T23:30Z")]
    [InlineData("2024-01-17T12:00:00Z", "2024-02-22T23:30Z")]
    [InlineData("2024-01-16T23:29:59Z", "2024-01-18T23:30Z")]
    [InlineData("2024-01-16T23:30:00Z", "2024-02-22T23:30Z")]
    public void An_offset_counts_only_base_dates_after_the_anchor(string anchor, string expected)
    {
        WindowTerms terms = new(Given.Schedule("cron(30 23 ? * TUE#3 *)"), Given.At(anchor)) { ScheduleOffset = 2 };
        string[] texts = expected.Split(' ');
        WindowSchedule window = Given.Window(terms);
        Assert.Equal(texts, Given.Texts(window, terms.Anchor, texts.Length));
        Occurrence first = window.Next(terms.Anchor)!.Value;
        Assert.Equal(first.Nominal.Date, first.BaseDate.PlusDays(2));
    }

    [Fact]
    public void An_offset_keeps_wall_time_over_a_change_of_clocks()
    {
        WindowTerms terms = new(Given.Schedule("cron(30 2 9 3 ? 2024)"), Given.At("2024-01-01T00:00:00Z"))
        {
            Timezone = LosAngeles,
            ScheduleOffset = 1,
        };
        Occurrence only = Given.Window(terms).Next(terms.Anchor)!.Value;
        Assert.Equal(Given.At("2024-03-10T03:00:00-07:00"), only.Instant);
        Assert.Equal(new LocalDateTime(2024, 3, 10, 2, 30), only.Nominal);
        Assert.Equal(LocalTimeFit.Skipped, only.Fit);
    }

    [Theory]
    [InlineData("cron(30 2 ? * * *)", "2024-03-09T00:00:00-08:00", "2024-03-09T02:30-08:00 2024-03-10T03:00-07:00 2024-03-11T02:30-07:00")]
    [InlineData("cron(0/15 2-3 ? * * *)", "2024-03-10T00:00:00-08:00", "2024-03-10T03:00-07:00 2024-03-10T03:15-07:00 2024-03-10T03:30-07:00 2024-03-10T03:45-07:00 2024-03-11T02:00-07:00")]
    [InlineData("cron(30 1 ? * * *)", "2024-11-02T12:00:00-07:00", "2024-11-03T01:30-07:00 2024-11-04T01:30-08:00")]
    [InlineData("cron(0/30 * ? * * *)", "2024-11-03T01:00:00-07:00", "2024-11-03T01:30-07:00 2024-11-03T02:00-08:00")]
    [InlineData("at(2024-03-10T02:30:00)", "2024-03-09T00:00:00-08:00", "2024-03-10T03:00-07:00")]
    [InlineData("at(2024-11-03T01:30:00)", "2024-03-09T00:00:00-08:00", "2024-11-03T01:30-07:00")]
    public void Skipped_times_open_after_the_gap_and_repeated_ones_at_the_first(
        string schedule, string after, string expected)
    {
        string[] texts = expected.Split(' ');
        Assert.Equal(texts, Given.Texts(Given.Window(schedule, after, LosAngeles), Given.At(after), texts.Length));
    }

    [Fact]
    public void Both_passes_open_where_asked_for()
    {
        WindowTerms terms = new(Given.Schedule("cron(0/30 * ? * * *)"), Given.At("2024-11-03T00:45:00-07:00"))
        {
            Timezone = LosAngeles,
            RepeatedHour = RepeatedHour.Both,
        };
        WindowSchedule window = Given.Window(terms);
        Assert.Equal(
            ["2024-11-03T01:00-07:00", "2024-11-03T01:30-07:00", "2024-11-03T01:00-08:00", "2024-11-03T01:30-08:00", "2024-11-03T02:00-08:00"],
            Given.Texts(window, terms.Anchor, 5));
        Assert.Equal(
            [LocalTimeFit.FirstPass, LocalTimeFit.FirstPass, LocalTimeFit.SecondPass, LocalTimeFit.SecondPass, LocalTimeFit.Once],
            window.Between(terms.Anchor, Given.At("2024-11-03T02:01:00-08:00")).Select(o => o.Fit));
    }

    [Fact]
    public void A_day_that_does_not_exist_opens_when_the_next_begins()
    {
        DateTimeZone apia = DateTimeZoneProviders.Tzdb["Pacific/Apia"];
        Assert.Equal(0, apia.MapLocal(new LocalDateTime(2011, 12, 30, 12, 0)).Count);

        WindowSchedule window = Given.Window("cron(0 12 30 12 ? 2011)", "2011-01-01T00:00:00Z", "Pacific/Apia");
        Assert.Equal(["2011-12-31T00:00+14:00"], Given.Texts(window, Given.At("2011-06-01T00:00:00Z"), 2));
    }

    [Theory]
    [InlineData("cron(0 0 31 2 ? *)")]
    [InlineData("cron(0 0 ? 2 MON#5 2023)")]
    [InlineData("cron(0 0 ? * * 2023)")]
    [InlineData("at(2023-12-31T23:59:59)")]
    [InlineData("at(2024-01-01T00:00:00)")]
    [InlineData("rate(2147483646 days)")]
    public void What_has_no_opening_ahead_answers_never(string schedule)
    {
        WindowSchedule window = Given.Window(schedule);
        Assert.Null(window.Next(window.Terms.Anchor));
        Assert.Null(window.Next(Instant.MinValue));
        Assert.Null(window.Next(Instant.MaxValue));
        Assert.IsType<ScheduleWarning.NeverOpens>(Assert.Single(window.Warnings(window.Terms.Anchor)));
    }

    [Theory]
    [InlineData("2023-01-01T00:00:00Z", "2024-01-08T12:00:00.123Z")]
    [InlineData("2024-01-01T12:00:00.123Z", "2024-01-08T12:00:00.123Z")]
    [InlineData("2024-01-01T12:00:00.1231Z", "2024-01-01T12:00:00.124Z")]
    [InlineData(null, "2024-01-08T12:00:00.123Z")]
    public void A_rate_counts_from_its_anchor_or_from_a_later_StartDate(string? start, string first)
    {
        Instant created = Given.At("2024-01-01T12:00:00.1239Z");
        WindowSchedule window = Given.Window(new WindowTerms(Given.Schedule("rate(7 days)"), created) { StartDate = start });
        Assert.Equal([first], Given.Texts(window, created, 1));
    }

    [Fact]
    public void Nothing_opens_at_or_before_the_anchor()
    {
        WindowSchedule window = Given.Window("cron(0 0 * * ? *)");
        Assert.Equal(["2024-01-02T00:00Z"], Given.Texts(window, Instant.MinValue, 1));
    }

    [Fact]
    public void Between_is_half_open()
    {
        WindowSchedule window = Given.Window("cron(0 0 * * ? *)");
        Assert.Equal(2, window.Between(Given.At("2024-02-01T00:00:00Z"), Given.At("2024-02-03T00:00:00Z")).Count());
        Assert.Empty(window.Between(Instant.MinValue, Instant.MinValue));
    }

    [Theory]
    [InlineData("cron(* * ? * * *)")]
    [InlineData("rate(1 minute)")]
    [InlineData("at(2199-12-31T23:59:59)")]
    public void Next_answers_at_the_ends_of_time(string schedule)
    {
        foreach (string zone in (string[])["UTC", "Etc/GMT+12", "Etc/GMT-14", "America/Nuuk"])
        {
            WindowTerms terms = new(Given.Schedule(schedule), Instant.MinValue) { Timezone = zone };
            WindowSchedule window = Given.Window(terms);
            _ = window.Next(Instant.MinValue);
            _ = window.Next(Instant.MaxValue);
            _ = window.Next(Instant.MaxValue - Duration.FromMinutes(90));
            Assert.All(window.Between(Given.At("2199-12-31T00:00:00Z"), Given.At("2200-01-02T00:00:00Z")).Take(3), o => Assert.True(o.Instant > Given.At("2199-12-30T00:00:00Z")));
        }
    }

    [Fact]
    public void Every_zone_is_resolved_at_every_change_as_NodaTime_maps_it()
    {
        WindowSchedule Daily(LocalDateTime at, string zone) => Given.Window(new WindowTerms(
            Given.Schedule($"at({at.ToString("uuuu-MM-dd'T'HH:mm:ss", null)})"), Given.At("1970-01-05T00:00:00Z")) { Timezone = zone });
        ZoneLocalMappingResolver resolver = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);
        int changes = 0;
        foreach (DateTimeZone zone in DateTimeZoneProviders.Tzdb.Ids.Select(id => DateTimeZoneProviders.Tzdb[id]))
        {
            foreach (ZoneInterval interval in zone.GetZoneIntervals(Given.At("1970-02-01T00:00:00Z"), Given.At("2040-01-01T00:00:00Z")).Where(i => i.HasEnd))
            {
                changes++;
                foreach (int minutes in (int[])[-90, -30, 0, 15])
                {
                    LocalDateTime local = interval.IsoLocalEnd.PlusMinutes(minutes);
                    Assert.Equal(
                        zone.ResolveLocal(local, resolver).ToInstant(),
                        Daily(local, zone.Id).Next(Given.At("1970-01-06T00:00:00Z"))?.Instant);
                }
            }
        }

        Assert.True(changes > 10_000, $"only {changes} changes");
    }
}
