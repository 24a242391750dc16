namespace Casement.Server.Tests;

public sealed class IdsTests
{
    [Fact]
    public void A_window_s_id_has_AWS_s_form_and_lies_near_its_neighbours_in_time()
    {
        const long Now = 1_800_000_000_123;
        var ids = Enumerable.Range(0, 1000).Select(_ => Ids.Hex17("mw-", Now)).ToList();
        Assert.All(ids, id => Assert.Matches("^mw-[0-9a-f]{17}$", id));
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.Single(ids.Select(id => id[..8]).Distinct());
        Assert.True(string.CompareOrdinal(ids.Max(StringComparer.Ordinal), Ids.Hex17("mw-", Now + 1000)) < 0);
    }

    [Fact]
    public void Its_time_begins_anew_after_twelve_days_and_stays_in_form_at_any_instant()
    {
        Assert.All(
            (long[])[0, 999, (1L << 20) * 1000, ((1L << 20) * 1000) - 1, long.MaxValue, -1, -1_000_000],
            now => Assert.Matches("^mw-[0-9a-f]{17}$", Ids.Hex17("mw-", now)));
    }
}
