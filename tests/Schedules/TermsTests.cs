using NodaTime;
using NodaTime.TimeZones;

namespace Casement.Schedules.Tests;

public sealed class TermsTests
{
    private static readonly WindowTerms _terms = new(Given.Schedule("cron(0 2 ? * SUN *)"), Given.At("2024-01-01T00:00:00Z"));

    [Theory]
    [InlineData("Mars/Olympus_Mons")]
    [InlineData("")]
    [InlineData("PST8")]
    [InlineData("UTC+01:00")]
    [InlineData("utc")]
    public void An_unknown_zone_is_named(string zone) =>
        Assert.Equal($"Invalid timezone: {zone}", FaultOf(_terms with { Timezone = zone }));

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("America/New_York")]
    [InlineData("US/Pacific")]
    public void Every_IANA_id_is_known(string zone) => Assert.NotNull(Given.Window(_terms with { Timezone = zone }));

    [Fact]
    public void Zones_come_from_the_given_provider()
    {
        var none = new DateTimeZoneCache(new EmptySource());
        Assert.False(WindowSchedule.TryCreate(_terms with { Timezone = "Europe/Berlin" }, none, out _, out string? fault));
        Assert.Equal("Invalid timezone: Europe/Berlin", fault);
    }

    [Theory]
    [InlineData("2021-11-01", "2021-11-01T00:00:00Z", 0)]
    [InlineData("2021-04-07T14:29", "2021-04-07T14:29:00Z", 0)]
    [InlineData("2021-04-07T14:29:00", "2021-04-07T14:29:00Z", 0)]
    [InlineData("2020-10-01T10:10:10Z", "2020-10-01T10:10:10Z", 0)]
    [InlineData("2021-04-07T14:29:00-08:00", "2021-04-07T22:29:00Z", -8)]
    [InlineData("2021-04-07T14:29:00.5+09", "2021-04-07T05:29:00.5Z", 9)]
    [InlineData("2021-04-07T14:29:00.000000001Z", "2021-04-07T14:29:00.001Z", 0)]
    [InlineData("0001-01-01", "0001-01-01T00:00:00Z", 0)]
    public void A_date_is_read_with_its_offset_or_as_UTC(string text, string expected, int offsetHours)
    {
        WindowTerms terms = new(Given.Schedule("rate(1 day)"), Instant.MinValue + Duration.FromDays(10)) { StartDate = text };
        WindowSchedule window = Given.Window(terms);
        Assert.Equal(Given.At(expected), window.ValidFrom);
        Assert.Equal(Offset.FromHours(offsetHours), window.TextZone.GetUtcOffset(terms.Anchor));
    }

    [Theory]
    [InlineData("", "It is not an ISO 8601 date")]
    [InlineData("tomorrow", "It is not an ISO 8601 date")]
    [InlineData("20211101", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01T", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01 10:00:00Z", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01T10:00:00+0100", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01T10:00:00Zulu", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01Z", "It is not an ISO 8601 date")]
    [InlineData("2021-13-01", "Its month 13 is not from 1 to 12.")]
    [InlineData("2021-02-29", "Its day 29 is not from 1 to 28.")]
    [InlineData("2021-11-01T24:00:00Z", "Its hour 24 is not from 0 to 23.")]
    [InlineData("2021-11-01T10:60:00Z", "Its minute 60 is not from 0 to 59.")]
    [InlineData("2021-11-01T10:00:60Z", "Its second 60 is not from 0 to 59.")]
    [InlineData("2021-11-01T10:00:00.Z", "It is not an ISO 8601 date")]
    [InlineData("2021-11-01T10:00:00.0123456789Z", "more than 9 digits")]
    [InlineData("2021-11-01T10:00:00+19:00", "Its offset's hour 19 is not from 0 to 18.")]
    public void A_malformed_date_is_refused_with_the_part_and_the_rule(string text, string reason)
    {
        string start = FaultOf(_terms with { StartDate = text });
        Assert.StartsWith($"Invalid StartDate: {text}. ", start, StringComparison.Ordinal);
        Assert.Contains(reason, start, StringComparison.Ordinal);
        Assert.StartsWith($"Invalid EndDate: {text}. ", FaultOf(_terms with { EndDate = text }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-02-01", "2024-01-31")]
    [InlineData("2024-02-01", "2024-02-01")]
    [InlineData("2024-02-01T00:00:00Z", "2024-02-01T01:00:00+02:00")]
    public void EndDate_must_be_after_StartDate(string start, string end) =>
        Assert.Equal("EndDate must be after StartDate.", FaultOf(_terms with { StartDate = start, EndDate = end }));

    [Theory]
    [InlineData("cron(0 2 ? * SUN *)", 0, "from 1 to 6")]
    [InlineData("cron(0 2 ? * SUN *)", 7, "from 1 to 6")]
    [InlineData("rate(1 day)", 1, "cron schedules only")]
    [InlineData("at(2024-02-01T00:00:00)", 6, "cron schedules only")]
    public void An_offset_is_one_to_six_days_and_for_cron(string schedule, int days, string reason)
    {
        string fault = FaultOf(_terms with { Schedule = Given.Schedule(schedule), ScheduleOffset = days });
        Assert.StartsWith($"Invalid ScheduleOffset: {days}. ", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    private static string FaultOf(WindowTerms terms)
    {
        Assert.False(WindowSchedule.TryCreate(terms, out WindowSchedule? window, out string? fault));
        Assert.Null(window);
        return fault;
    }

    private sealed class EmptySource : IDateTimeZoneSource
    {
        public string VersionId => "empty";

        public IEnumerable<string> GetIds() => [];

        public DateTimeZone ForId(string id) => throw new InvalidOperationException(id);

        public string? GetSystemDefaultId() => null;
    }
}
