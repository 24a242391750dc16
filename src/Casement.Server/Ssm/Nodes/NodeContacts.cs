using System.Collections.Concurrent;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>
/// When each node was last heard of, by the real clock. Kept here and written in batches: ten thousand polls every quarter of a
/// minute are no reason for as many commits.
/// </summary>
public sealed class NodeContacts
{
    private static readonly TimeSpan OnlineFor = TimeSpan.FromSeconds((5 * 60) + 15);

    // a contact noted further ahead than this was noted by a clock that has been set back since: it says nothing
    private const long AheadMs = 30_000;
    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _written = new(StringComparer.Ordinal);

    public void Touch(string nodeId, DateTimeOffset realNow) => _seen[nodeId] = realNow.ToUnixTimeMilliseconds();

    /// <summary>
    /// The node's last contact on the product's clock. Only its age counts there, so that moving the clock makes no node look lost.
    /// </summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="storedMs">What its row says, by the real clock.</param>
    /// <param name="clock">Both clocks.</param>
    /// <returns>Null when it was never heard of, or not since the clock was set back.</returns>
    public DateTimeOffset? Last(string nodeId, long? storedMs, Clock clock)
    {
        var latest = clock.RealNow.ToUnixTimeMilliseconds() + AheadMs;
        long? seen = _seen.TryGetValue(nodeId, out var touched) && touched <= latest ? touched : null;
        var stored = storedMs <= latest ? storedMs : null;
        var real = seen is null || stored is null ? seen ?? stored : Math.Max(seen.Value, stored.Value);
        return real is { } ms ? clock.Product.GetUtcNow() - (clock.RealNow - DateTimeOffset.FromUnixTimeMilliseconds(ms)) : null;
    }

    /// <summary>Whether contact at that instant counts as online: five minutes and one poll.</summary>
    public static bool IsOnline(DateTimeOffset? last, Clock clock) => last is { } at && clock.Product.GetUtcNow() - at < OnlineFor;

    public void Forget(string nodeId)
    {
        _seen.TryRemove(nodeId, out _);
        _written.TryRemove(nodeId, out _);
    }

    /// <summary>Writes what was heard since the last time.</summary>
    public async Task Flush(Database database, Clock clock)
    {
        var latest = clock.RealNow.ToUnixTimeMilliseconds() + AheadMs;
        var news = _seen.Where(s => _written.GetValueOrDefault(s.Key) != s.Value && s.Value <= latest).ToList();
        foreach (var chunk in news.Chunk(500))
        {
            await database.Write(tx =>
            {
                foreach (var (node, ms) in chunk)
                {
                    Storage.Nodes.SetSeen(tx, node, ms, latest);
                }
            });
            foreach (var (node, ms) in chunk)
            {
                _written[node] = ms;
            }
        }
    }
}
