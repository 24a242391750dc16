using NodaTime;

namespace Casement.Schedules.Tests;

public sealed class WarningAndTextTests
{
    [Theory]
    [InlineData("cron(* * ? * * *)", true)]
    [InlineData("cron(0/4 2 ? * * *)", true)]
    [InlineData("cron(0/5 * ? * * *)", false)]
    [InlineData("cron(0,30 0 2 ? * * *)", true)]
    [InlineData("cron(0,58 * ? * * *)", true)]
    [InlineData("cron(0,58 2/2 ? * * *)", false)]
    [InlineData("cron(0,58 0,23 ? * * *)", true)]
    [InlineData("cron(0,58 0,23 ? * MON *)", false)]
    [InlineData("cron(0,58 0,23 1,31 * ? *)", true)]
    [InlineData("cron(0 2 ? * * *)", false)]
    [InlineData("rate(3 minutes)", false)]
    public void Cron_closer_than_five_minutes_is_warned_of(string schedule, bool warned)
    {
        WindowSchedule window = Given.Window(schedule);
        Assert.Equal(warned, window.Warnings(window.Terms.Anchor).OfType<ScheduleWarning.OpensTooOften>().Any());
    }

    [Theory]
    [InlineData("cron(0/15 * ? * * *)", "2024-11-03T01:45:00-07:00", "2024-11-03T02:00:00-08:00")]
    [InlineData("cron(0 * ? * * *)", "2024-11-03T01:00:00-07:00", "2024-11-03T02:00:00-08:00")]
    [InlineData("cron(0 1 ? * * *)", null, null)]
    [InlineData("cron(0/15 3-23 ? * * *)", null, null)]
    [InlineData("rate(15 minutes)", null, null)]
    public void A_pause_in_the_repeated_hour_is_said_before_it_happens(string schedule, string? last, string? next)
    {
        WindowSchedule window = Given.Window(schedule, zone: "America/Los_Angeles");
        ScheduleWarning.PausesInRepeatedHour? pause =
            window.Warnings(window.Terms.Anchor).OfType<ScheduleWarning.PausesInRepeatedHour>().SingleOrDefault();
        Assert.Equal(last is null ? null : Given.At(last), pause?.LastOpening);
        Assert.Equal(next is null ? null : Given.At(next), pause?.NextOpening);
    }

    [Fact]
    public void A_pause_is_said_until_it_is_over_and_never_with_both_passes_or_after_EndDate()
    {
        WindowTerms terms = new(Given.Schedule("cron(0/15 * ? * * *)"), Given.At("2024-01-01T00:00:00Z"))
        {
            Timezone = "America/Los_Angeles",
        };
        Instant during = Given.At("2024-11-03T01:10:00-08:00");
        ScheduleWarning pause = Assert.Single(Given.Window(terms).Warnings(during));
        Assert.Contains("2024-11-03T01:45-07:00 and next at 2024-11-03T02:00-08:00", pause.Text, StringComparison.Ordinal);

        Instant over = Given.At("2024-11-03T02:00:00-08:00");
        var later = (ScheduleWarning.PausesInRepeatedHour)Assert.Single(Given.Window(terms).Warnings(over));
        Assert.Equal(Given.At("2025-11-02T02:00:00-08:00"), later.NextOpening);
        Assert.Empty(Given.Window(terms with { RepeatedHour = RepeatedHour.Both }).Warnings(during));
        Assert.Empty(Given.Window(terms with { EndDate = "2024-11-01" }).Warnings(terms.Anchor));
    }

    [Theory]
    [InlineData("2020-02-19T16:00:00Z", "UTC", "2020-02-19T16:00Z")]
    [InlineData("2019-02-03T10:00:00Z", "America/Los_Angeles", "2019-02-03T02:00-08:00")]
    [InlineData("2020-02-19T16:00:24Z", "UTC", "2020-02-19T16:00:24Z")]
    [InlineData("2019-05-18T17:01:01.137Z", "UTC", "2019-05-18T17:01:01.137Z")]
    [InlineData("2019-05-18T17:01:00.1Z", "UTC", "2019-05-18T17:01:00.100Z")]
    [InlineData("2019-05-18T17:01:00.0001Z", "UTC", "2019-05-18T17:01:00.000100Z")]
    [InlineData("2019-05-18T17:01:00.000000001Z", "UTC", "2019-05-18T17:01:00.000000001Z")]
    [InlineData("2020-02-19T16:00:00Z", "Europe/London", "2020-02-19T16:00Z")]
    [InlineData("2020-07-19T16:00:00Z", "Asia/Kolkata", "2020-07-19T21:30+05:30")]
    [InlineData("1971-01-01T12:00:00Z", "Africa/Monrovia", "1971-01-01T11:15:30-00:44:30")]
    public void Times_are_written_as_AWS_writes_them(string instant, string zone, string expected) =>
        Assert.Equal(expected, OccurrenceText.Format(Given.At(instant), DateTimeZoneProviders.Tzdb[zone]));
}
