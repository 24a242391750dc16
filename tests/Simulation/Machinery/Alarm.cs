namespace Casement.Simulation.Tests.Machinery;

/// <summary>What a loop of the server sleeps by: until its time, or a bell.</summary>
internal sealed class Alarm(Loop loop, Lane lane)
{
    private TaskCompletionSource? _sleeping;
    private bool _rung;

    /// <summary>What it sleeps until by the server's clock; the greatest number while it is awake.</summary>
    public long UntilMs { get; set; } = long.MaxValue;

    public async Task Sleep(long ms)
    {
        if (_rung)
        {
            _rung = false;
            return;
        }

        var sleeping = _sleeping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.At(lane, ms, () => sleeping.TrySetResult());
        await sleeping.Task;
        (_sleeping, _rung) = (null, false);
    }

    public void Ring()
    {
        _rung = true;
        _sleeping?.TrySetResult();
    }

    /// <summary>A bell was lost, or a clock was moved: what sleeps looks again by itself, though later.</summary>
    public void LookAgainIn(long ms)
    {
        var sleeping = _sleeping;
        loop.At(lane, ms, () => (sleeping ?? _sleeping)?.TrySetResult());
    }
}
