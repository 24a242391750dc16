using System.Collections.Concurrent;
using Casement.Aws;

namespace Casement.Server.Operations;

/// <summary>
/// With AWS's quotas each caller may make <see cref="PerSecond"/> calls a second and <see cref="Burst"/> at once; clients slow
/// down by themselves when told. Measured by the real clock.
/// </summary>
public sealed class CallerLimiter(TimeProvider time, bool active)
{
    /// <summary>Calls a second that are let through without end.</summary>
    public const int PerSecond = 40;

    /// <summary>Calls that are let through at once after a rest.</summary>
    public const int Burst = 100;

    private const int CallersMax = 10_000;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <exception cref="AwsException">ThrottlingException, <c>Rate exceeded</c>; for Query services <c>Throttling</c>.</exception>
    public void Admit(Principal principal, WireProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (!active || principal is Principal.RoleSession { Node: not null } or Principal.NodeKey)
        {
            return;
        }

        if (_buckets.Count >= CallersMax)
        {
            _buckets.Clear();
        }

        if (!_buckets.GetOrAdd(principal.Arn, _ => new Bucket()).Take(time.GetTimestamp() / (double)time.TimestampFrequency))
        {
            throw new AwsException(protocol == WireProtocol.Query ? "Throttling" : "ThrottlingException", "Rate exceeded");
        }
    }

    private sealed class Bucket
    {
        private readonly Lock _gate = new();
        private double _tokens = Burst;
        private double _seconds = double.NaN;

        public bool Take(double nowSeconds)
        {
            lock (_gate)
            {
                _tokens = double.IsNaN(_seconds) ? Burst : Math.Min(Burst, _tokens + ((nowSeconds - _seconds) * PerSecond));
                _seconds = nowSeconds;
                if (_tokens < 1)
                {
                    return false;
                }

                _tokens--;
                return true;
            }
        }
    }
}
