namespace Casement.Schedules.Tests;

public sealed class ScheduleTextTests
{
    [Theory]
    [InlineData("cron(0 2 ? * SUN *)")]
    [InlineData("cron(0 16 ? * TUE *)")]
    [InlineData("cron(30 09 ? * * *)")]
    [InlineData("cron(0 09 ? * wed *)")]
    [InlineData("cron(0 0 22 ? * TUE *)")]
    [InlineData("cron(0 30 23 ? * TUE#3 *)")]
    [InlineData("cron(*/30 0/4 ? JAN-mar,DEC MON-FRI 2024-2030/2)")]
    [InlineData("cron(  0   2\t1/1  *  ?   * )")]
    [InlineData("cron(0 22-2 ? NOV-FEB FRI-MON *)")]
    [InlineData("cron(0 2 L * ? *)")]
    [InlineData("cron(0 2 l-3 * ? *)")]
    [InlineData("cron(0 2 LW * ? *)")]
    [InlineData("cron(0 2 L-2W * ? *)")]
    [InlineData("cron(0 2 15w * ? *)")]
    [InlineData("cron(0 2 ? * FRIL *)")]
    [InlineData("cron(0 2 ? * L *)")]
    [InlineData("cron(0 0 31 2 ? *)")]
    [InlineData("cron(59 59 23 31 12 ? 2199)")]
    [InlineData("rate(1 minute)")]
    [InlineData("rate(3 minutes)")]
    [InlineData("rate(1 hour)")]
    [InlineData("rate(5 hours)")]
    [InlineData("rate(25  days)")]
    [InlineData("rate(2147483646 days)")]
    [InlineData("at(2020-07-07T15:55:00)")]
    [InlineData("at(2024-02-29T00:00:00)")]
    public void An_expression_is_accepted_and_kept_as_written(string text)
    {
        Assert.True(Schedule.TryParse(text, out Schedule? schedule, out string? fault), fault);
        Assert.Equal(text, schedule.Text);
        Assert.Equal(text, schedule.ToString());
    }

    [Theory]
    [InlineData("", "1 to 256 characters, not 0")]
    [InlineData("every day", "cron(...), rate(...) or at(...)")]
    [InlineData("0 2 ? * SUN *", "cron(...), rate(...) or at(...)")]
    [InlineData("Cron(0 2 ? * SUN *)", "in lower case")]
    [InlineData("RATE(1 hour)", "in lower case")]
    [InlineData("each(1 hour)", "cron(...), rate(...) or at(...)")]
    [InlineData("cron(0 2 ? * SUN *", "closed by ')'")]
    [InlineData("cron(0 2 ? * SUN *) ", "closed by ')'")]
    [InlineData("cron()", "cron() is empty")]
    [InlineData("cron(0 2 ? * SUN)", "not 5.")]
    [InlineData("cron(0 0 2 ? * SUN * *)", "not more.")]
    [InlineData("cron(60 2 ? * SUN *)", "Minutes '60' is not a number from 0 to 59.")]
    [InlineData("cron(60 0 2 ? * SUN *)", "Seconds '60'")]
    [InlineData("cron(0 24 ? * SUN *)", "Hours '24' is not a number from 0 to 23.")]
    [InlineData("cron(0 2 0 * ? *)", "Day-of-month '0'")]
    [InlineData("cron(0 2 32 * ? *)", "Day-of-month '32'")]
    [InlineData("cron(0 2 1 0 ? *)", "Month '0'")]
    [InlineData("cron(0 2 1 JANUARY ? *)", "Month 'JANUARY' is not a number from 1 to 12 or a name from JAN to DEC.")]
    [InlineData("cron(0 2 ? * 0 *)", "Day-of-week '0' is not a number from 1 to 7 or a name from SUN to SAT.")]
    [InlineData("cron(0 2 ? * 8 *)", "Day-of-week '8'")]
    [InlineData("cron(0 2 ? * * 1969)", "Year '1969' is not a number from 1970 to 2199.")]
    [InlineData("cron(0 2 ? * * 2200)", "Year '2200'")]
    [InlineData("cron(0 2 ? * * 2030-2020)", "Year range '2030-2020' ends before it starts.")]
    [InlineData("cron(99999999999999999999 2 ? * * *)", "Minutes '99999999999999999999'")]
    [InlineData("cron(-1 2 ? * * *)", "Minutes '' is not")]
    [InlineData("cron(+1 2 ? * * *)", "Minutes '+1'")]
    [InlineData("cron(1,,2 2 ? * * *)", "Minutes has an empty member")]
    [InlineData("cron(0/0 2 ? * * *)", "Minutes step '0' is not a number from 1 to 59.")]
    [InlineData("cron(0/60 2 ? * * *)", "Minutes step '60'")]
    [InlineData("cron(/5 2 ? * * *)", "Minutes '' is not")]
    [InlineData("cron(? 2 ? * * *)", "only Day-of-month and Day-of-week take it")]
    [InlineData("cron(0 2 ? * ? *)", "both '?'")]
    [InlineData("cron(0 2 1 * MON *)", "Day-of-month is '1' and Day-of-week is 'MON': one of them must be '?'.")]
    [InlineData("cron(0 2 * * * *)", "one of them must be '?'")]
    [InlineData("cron(0 2 ?,3 * ? *)", "cannot hold '?' together")]
    [InlineData("cron(0 2 L,15 * ? *)", "they stand alone")]
    [InlineData("cron(0 2 1W,15W * ? *)", "they stand alone")]
    [InlineData("cron(0 2 1-5W * ? *)", "before the W")]
    [InlineData("cron(0 2 W * ? *)", "before the W")]
    [InlineData("cron(0 2 32W * ? *)", "before the W")]
    [InlineData("cron(0 2 L-31 * ? *)", "n from 1 to 30")]
    [InlineData("cron(0 2 L-0 * ? *)", "n from 1 to 30")]
    [InlineData("cron(0 2 3L * ? *)", "L in the wrong place")]
    [InlineData("cron(0 2 ? * 3#1,6#3 *)", "they stand alone")]
    [InlineData("cron(0 2 ? * 3#0 *)", "from 1 to 5 after the #")]
    [InlineData("cron(0 2 ? * 3#6 *)", "from 1 to 5 after the #")]
    [InlineData("cron(0 2 ? * 8#1 *)", "Day-of-week '8'")]
    [InlineData("cron(0 2 ? * LFRI *)", "followed by L")]
    [InlineData("cron(0 2 ? * 5W *)", "Day-of-week '5W'")]
    [InlineData("cron(0 L ? * * *)", "Hours 'L'")]
    [InlineData("rate(0 hours)", "'0' is not a whole number from 1")]
    [InlineData("rate(1 hours)", "singular for 1")]
    [InlineData("rate(5 hour)", "plural otherwise")]
    [InlineData("rate(5 weeks)", "unit 'weeks'")]
    [InlineData("rate(1 Hour)", "unit 'Hour'")]
    [InlineData("rate(1.5 hours)", "'1.5' is not a whole number")]
    [InlineData("rate(-1 hours)", "'-1' is not a whole number")]
    [InlineData("rate(5minutes)", "separated by a space")]
    [InlineData("rate()", "separated by a space")]
    [InlineData("rate(2147483647 days)", "is not a whole number")]
    [InlineData("at()", "yyyy-MM-ddTHH:mm:ss")]
    [InlineData("at(2020-07-07)", "yyyy-MM-ddTHH:mm:ss")]
    [InlineData("at(2020-07-07 15:55:00)", "yyyy-MM-ddTHH:mm:ss")]
    [InlineData("at(2020-07-07T15:55:00Z)", "without offset")]
    [InlineData("at(2023-02-29T00:00:00)", "not an existing date")]
    [InlineData("at(2020-07-07T24:00:00)", "not an existing date")]
    [InlineData("at(2200-01-01T00:00:00)", "from 1970 to 2199")]
    public void An_invalid_expression_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(Schedule.TryParse(text, out Schedule? schedule, out string? fault));
        Assert.Null(schedule);
        Assert.StartsWith($"Invalid schedule: {text}. ", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_longer_than_256_characters_is_refused()
    {
        string longest = $"rate({new string(' ', 243)}1 minute)";
        Assert.Equal(257, longest.Length);
        Assert.False(Schedule.TryParse(longest, out _, out _));
        Assert.True(Schedule.TryParse(longest.Remove(5, 1), out _, out _));
    }

    [Fact]
    public void Six_fields_have_no_seconds_and_seven_have_them_first()
    {
        Assert.False(Assert.IsType<Schedule.Cron>(Given.Schedule("cron(0 2 ? * SUN *)")).HasSeconds);
        Assert.True(Assert.IsType<Schedule.Cron>(Given.Schedule("cron(0 0 2 ? * SUN *)")).HasSeconds);
    }

    [Fact]
    public void Schedules_are_equal_by_text()
    {
        Assert.Equal(Given.Schedule("cron(0 2 ? * SUN *)"), Given.Schedule("cron(0 2 ? * SUN *)"));
        Assert.NotEqual(Given.Schedule("cron(0 2 ? * SUN *)"), Given.Schedule("cron(0 2 ? * 1 *)"));
    }
}
