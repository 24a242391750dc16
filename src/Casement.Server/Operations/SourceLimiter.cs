using System.Collections.Concurrent;
using Casement.Aws;

namespace Casement.Server.Operations;

/// <summary>
/// Refused credentials and failed registrations, at most ten a second from one source: guessing stays slow, and the trail
/// cannot be flooded. Measured by the real clock.
/// </summary>
public sealed class SourceLimiter(TimeProvider time)
{
    private const int PerSecond = 10;
    private const int SourcesMax = 10_000;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <exception cref="AwsException">ThrottlingException, <c>Rate exceeded</c>.</exception>
    public void ThrowIfBlocked(string? source)
    {
        if (source is not null && _buckets.TryGetValue(source, out var bucket) && bucket.Second == Second() && bucket.Failures >= PerSecond)
        {
            throw new AwsException("ThrottlingException", "Rate exceeded");
        }
    }

    public void Failed(string? source)
    {
        if (source is null)
        {
            return;
        }

        if (_buckets.Count >= SourcesMax)
        {
            _buckets.Clear();
        }

        var second = Second();
        _buckets.AddOrUpdate(source, new Bucket(second, 1), (_, b) => b.Second == second ? b with { Failures = b.Failures + 1 } : new Bucket(second, 1));
    }

    private long Second() => time.GetTimestamp() / time.TimestampFrequency;

    private sealed record Bucket(long Second, int Failures);
}
