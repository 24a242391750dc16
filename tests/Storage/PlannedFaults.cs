namespace Casement.Storage.Tests;

/// <summary>The faults of the commits to come, one after another; none once the plan is at its end.</summary>
internal sealed class PlannedFaults
{
    private readonly Lock _gate = new();
    private readonly Queue<CommitFault?> _plan = [];
    private CommitFault? _always;
    private int _asked;

    /// <summary>How many commits were begun.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What every commit meets that the plan says nothing of.</summary>
    public CommitFault? Always
    {
        set
        {
            lock (_gate)
            {
                _always = value;
            }
        }
    }

    public void Plan(params CommitFault?[] faults)
    {
        lock (_gate)
        {
            foreach (var fault in faults)
            {
                _plan.Enqueue(fault);
            }
        }
    }

    public CommitFault? Next()
    {
        Interlocked.Increment(ref _asked);
        lock (_gate)
        {
            return _plan.TryDequeue(out var fault) ? fault : _always;
        }
    }
}
