using System.Globalization;
using NodaTime;

namespace Casement.Executions.Tests;

public sealed class MissedOccurrencesTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 7, 2, 0);

    [Theory]
    [InlineData("", "", "", 0)]
    [InlineData("-90..-30", "", "-90", 0)]
    [InlineData("-90..30", "-90", "", 0)]
    [InlineData("-60..0", "", "-60", 0)]
    [InlineData("0..60", "0", "", 0)]
    [InlineData("-300..-240 -180..-120 -60..60", "-60", "-300 -180", 0)]
    [InlineData("-30..30 -20..40 -10..50", "-10", "-30 -20", 0)]
    [InlineData("-30..30 -20..-15", "-30", "-20", 0)]
    public void The_latest_whose_cutoff_lies_ahead_opens_and_the_others_get_rows(
        string missed, string opens, string rows, long unrecorded)
    {
        var decision = MissedOccurrences.Decide(
            missed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse), Now);

        Assert.Equal((opens, rows, unrecorded), (
            decision.OpensLate is null ? "" : Minutes(decision.OpensLate),
            string.Join(' ', decision.Rows.Select(Minutes)),
            decision.Unrecorded));
    }

    [Fact]
    public void Only_the_newest_hundred_get_rows()
    {
        var decision = MissedOccurrences.Decide(Enumerable.Range(-5000, 5000).Select(n => Of(n, n + 2)), Now);

        Assert.Equal("-1", Minutes(decision.OpensLate!));
        Assert.Equal(Enumerable.Range(-101, 100).Select(n => $"{n}"), decision.Rows.Select(Minutes));
        Assert.Equal(4899, decision.Unrecorded);
    }

    [Fact]
    public void Occurrences_ahead_or_out_of_order_are_refused()
    {
        Assert.Throws<ArgumentException>(() => MissedOccurrences.Decide([Of(1, 2)], Now));
        Assert.Throws<ArgumentException>(() => MissedOccurrences.Decide([Of(-5, 2), Of(-6, 2)], Now));
        Assert.Throws<ArgumentException>(() => MissedOccurrences.Decide([Of(-5, 2), Of(-5, 2)], Now));
    }

    private static Occurrence Parse(string text)
    {
        var parts = text.Split("..").Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        return Of(parts[0], parts[1]);
    }

    private static Occurrence Of(int at, int cutoff) =>
        new(Now + Duration.FromMinutes(at), Now + Duration.FromMinutes(cutoff), Now + Duration.FromMinutes(cutoff + 60));

    private static string Minutes(Occurrence occurrence) => $"{(occurrence.At - Now).TotalMinutes}";
}
