using NodaTime;

namespace Casement.Server.Engine;

/// <summary>
/// A clock that stands still until it is moved; its timers fire while it moves over their instants. Timestamps for measuring
/// stay those of the real clock.
/// </summary>
public sealed class ManualTimeProvider : TimeProvider
{
    /// <summary>Where it ends: a year short of the last that instants reach, so that cutoffs and deadlines fit behind it.</summary>
    public static readonly DateTimeOffset End = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly TimeProvider _real;
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now;

    public ManualTimeProvider(Instant? start, TimeProvider real)
    {
        ArgumentNullException.ThrowIfNull(real);
        _real = real;
        _now = start?.ToDateTimeOffset() ?? real.GetUtcNow();
    }

    public override long TimestampFrequency => _real.TimestampFrequency;

    public override long GetTimestamp() => _real.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <summary>Moves forward, firing what is due on the way in order. Never backwards.</summary>
    public void MoveTo(DateTimeOffset to)
    {
        while (true)
        {
            ManualTimer? due;
            lock (_gate)
            {
                due = _timers.Where(t => t.Due is not null && t.Due <= to).MinBy(t => t.Due);
                if (due is null)
                {
                    _now = to > _now ? to : _now;
                    return;
                }

                _now = due.Due > _now ? due.Due.Value : _now;
                due.Rearm(_now);
            }

            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(DateTimeOffset now)
        {
            Due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : now + _period;
            if (Due is null)
            {
                clock._timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var fireNow = false;
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                if (dueTime == TimeSpan.Zero)
                {
                    fireNow = true;
                    Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : clock._now + period;
                }

                if (Due is not null)
                {
                    clock._timers.Add(this);
                }
            }

            if (fireNow)
            {
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
