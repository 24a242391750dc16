using Casement.Storage;
using NodaTime;

namespace Casement.Server;

/// <summary>
/// The product's two clocks. Windows, executions, commands and activations follow <see cref="Product"/>, which can be moved on
/// an ephemeral server; signatures and tokens follow <see cref="Real"/>, which cannot.
/// </summary>
public sealed class Clock(TimeProvider product, TimeProvider real)
{
    // so many units of work would write it otherwise; a clock that is set back by so little is waited for
    private const long MarkEveryMs = 10_000;

    private long _latestMs;
    private long _markedMs;

    public TimeProvider Product => product;

    public TimeProvider Real => real;

    /// <summary>Now, cut to the wire's resolution of milliseconds.</summary>
    public Instant Now => Instant.FromUnixTimeMilliseconds(NowMs);

    public DateTimeOffset RealNow => real.GetUtcNow();

    public long NowMs
    {
        get
        {
            var now = product.GetUtcNow().ToUnixTimeMilliseconds();
            var latest = Volatile.Read(ref _latestMs);
            while (now > latest && Interlocked.CompareExchange(ref _latestMs, now, latest) is var seen && seen != latest)
            {
                latest = seen;
            }

            return now;
        }
    }

    /// <summary>The latest instant that anybody here was told, which lies ahead of now once the clock was set back.</summary>
    internal long LatestMs => Volatile.Read(ref _latestMs);

    /// <summary>
    /// Notes durably, in a unit of work that was decided by it, how far the clock had come: after a restart nothing else tells
    /// that it was set back. May be a few seconds behind.
    /// </summary>
    internal void Mark(Tx tx, long nowMs)
    {
        if (nowMs - Volatile.Read(ref _markedMs) >= MarkEveryMs)
        {
            ClockMarks.MoveOn(tx, nowMs);
            tx.AfterCommit(() => Volatile.Write(ref _markedMs, nowMs));
        }
    }

    /// <summary>What followed from the clock having been ahead was put right; from here on it counts from now.</summary>
    internal void Corrected(long nowMs)
    {
        Volatile.Write(ref _latestMs, nowMs);
        Volatile.Write(ref _markedMs, nowMs);
    }
}
