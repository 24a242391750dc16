using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>
/// A machine's two ways of telling time, under a test's hands: the wall clock, which somebody may set, and the time for which the
/// machine has run, by which its timers go. A machine that sleeps is one whose wall clock went on alone.
/// </summary>
internal sealed class SteppedTimeProvider(Instant start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<RunTimer> _timers = [];
    private TimeSpan _ran;
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public Instant Now => Instant.FromDateTimeOffset(GetUtcNow());

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _ran.Ticks;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return start.ToDateTimeOffset() + _ran + _set;
        }
    }

    /// <summary>Sets the wall clock; no timer notices.</summary>
    public void Set(Duration by)
    {
        lock (_gate)
        {
            _set += by.ToTimeSpan();
        }
    }

    /// <summary>The machine runs for a while; timers fire on the way, in order.</summary>
    public void Run(Duration time)
    {
        TimeSpan until;
        lock (_gate)
        {
            until = _ran + time.ToTimeSpan();
        }

        while (true)
        {
            RunTimer? due;
            lock (_gate)
            {
                due = _timers.Where(t => t.Due <= until).MinBy(t => t.Due);
                if (due is null)
                {
                    _ran = until;
                    return;
                }

                _ran = due.Due > _ran ? due.Due : _ran;
                due.Rearm(_ran);
            }

            due.Fire();
        }
    }

    /// <summary>How many timers wait: whoever sleeps has one.</summary>
    public int Sleeping
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new RunTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class RunTimer(SteppedTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(TimeSpan now)
        {
            if (_period <= TimeSpan.Zero)
            {
                clock._timers.Remove(this);
            }
            else
            {
                Due = now + _period;
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                _period = period;
                if (dueTime > TimeSpan.Zero)
                {
                    Due = clock._ran + dueTime;
                    clock._timers.Add(this);
                }
            }

            if (dueTime == TimeSpan.Zero)
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
