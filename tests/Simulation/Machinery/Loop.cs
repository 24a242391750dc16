namespace Casement.Simulation.Tests.Machinery;

/// <summary>
/// One thread, true time, and chance: of all that could go on, the dice say what does. Time moves when nothing can, and a little
/// in between, so that a turn may find minutes gone since its last step.
/// </summary>
internal sealed class Loop(Dice dice, long startMs)
{
    private readonly List<(Lane Lane, SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly PriorityQueue<(Lane Lane, Action Action), (long AtMs, long Seq)> _timers = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _seq;

    /// <summary>What all clocks would show if they went right.</summary>
    public long NowMs { get; private set; } = startMs;

    public long Steps { get; private set; }

    /// <summary>Set by the commit of waiting units: whether there are any, and to do it.</summary>
    public Func<bool> HasCommit { get; set; } = () => false;

    public Action Commit { get; set; } = () => { };

    /// <summary>How many of ten thousand steps take long.</summary>
    public int Stalls { get; set; }

    /// <summary>How long one takes that takes long.</summary>
    public Func<long> StallMs { get; set; } = () => 0;

    public void Enqueue(Lane lane, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new Violation("one thread", "something continued on another thread, where no seed decides.");
        }

        if (!lane.Ended)
        {
            _ready.Add((lane, callback, state));
        }
    }

    public void At(Lane lane, long inMs, Action action) => _timers.Enqueue((lane, action), (NowMs + Math.Max(0, inMs), _seq++));

    public Task Sleep(Lane lane, long ms)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        At(lane, ms, over.SetResult);
        return over.Task;
    }

    /// <summary>One step of somebody; false when nothing will ever happen again.</summary>
    public bool Step()
    {
        Steps++;
        Creep();
        var commits = HasCommit() ? 1 + (_ready.Count / 2) : 0;
        if (_ready.Count + commits == 0)
        {
            if (!_timers.TryPeek(out _, out var next))
            {
                return false;
            }

            NowMs = Math.Max(NowMs, next.AtMs);
            FireTimers();
            return true;
        }

        var chosen = dice.Below(_ready.Count + commits);
        if (chosen >= _ready.Count)
        {
            Commit();
            return true;
        }

        var (lane, callback, state) = _ready[chosen];
        _ready[chosen] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        if (!lane.Ended)
        {
            lane.Run(callback, state);
        }

        return true;
    }

    private void Creep()
    {
        var stalled = dice.Rare(Stalls);
        if (stalled || dice.Below(8) == 0)
        {
            NowMs += stalled ? StallMs() : dice.Below(20);
            FireTimers();
        }
    }

    private void FireTimers()
    {
        while (_timers.TryPeek(out var timer, out var due) && due.AtMs <= NowMs)
        {
            _timers.Dequeue();
            if (!timer.Lane.Ended)
            {
                _ready.Add((timer.Lane, static action => ((Action)action!)(), timer.Action));
            }
        }
    }
}

/// <summary>Whatever belongs together and may end together: the world, or one life of the server.</summary>
internal sealed class Lane(Loop loop) : SynchronizationContext
{
    public bool Ended { get; private set; }

    /// <summary>What still waits here never goes on, as in a process that was killed.</summary>
    public void End() => Ended = true;

    public override void Post(SendOrPostCallback d, object? state) => loop.Enqueue(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    public void Do(Action action) => Post(static state => ((Action)state!)(), action);

    public void Run(SendOrPostCallback callback, object? state)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
