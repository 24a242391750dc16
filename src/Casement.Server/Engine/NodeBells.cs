using System.Collections.Concurrent;

namespace Casement.Server.Engine;

/// <summary>Why a poll stopped waiting.</summary>
public enum PollEnd
{
    /// <summary>Something was put into the node's mailbox.</summary>
    Rung = 1,

    /// <summary>A newer poll of the node took its place.</summary>
    Replaced = 2,

    /// <summary>Nothing came.</summary>
    Quiet = 3,
}

/// <summary>
/// Wakes polls of nodes, and gives commands their turns. Messages and deadlines stand in rows, so a lost bell costs time and
/// nothing else: whoever waits looks again by itself. None may be rung before the commit that it is about.
/// </summary>
public abstract class NodeBells
{
    /// <summary>How many nodes may wait at once.</summary>
    public const int PollsMax = 20_000;

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _seats;

    private protected NodeBells() { }

    /// <summary>Announces a poll; the node's older one ends. To be called before the mailbox is read, so that no bell falls in between.</summary>
    public abstract Task Enter(string nodeId, string pollId);

    /// <summary>Waits until the bell rings, which it may have done since <see cref="Enter"/>, at most until an instant of the real clock.</summary>
    public abstract Task<PollEnd> Wait(string nodeId, string pollId, DateTimeOffset until);

    /// <summary>Something may be in the node's mailbox.</summary>
    public abstract void Ring(string nodeId);

    /// <summary>Lets one turn at a time apply what is due of a command.</summary>
    public abstract Task Expire(Backstage backstage, string commandId);

    /// <summary>Completes when the server stops: polls answer at once, so that it need not wait for them.</summary>
    public Task Closed => _closed.Task;

    public void Close() => _closed.TrySetResult();

    /// <summary>How many polls are held now.</summary>
    internal int Held => Volatile.Read(ref _seats);

    /// <summary>One of the places to wait; null when all are taken. Disposing gives it back.</summary>
    public IDisposable? TakeSeat()
    {
        if (Interlocked.Increment(ref _seats) > PollsMax)
        {
            Interlocked.Decrement(ref _seats);
            return null;
        }

        return new Seat(this);
    }

    private sealed class Seat(NodeBells bells) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref bells._seats);
    }
}

/// <summary>Bells of nodes in one process without grains.</summary>
public sealed class LocalNodeBells : NodeBells
{
    private readonly ConcurrentDictionary<string, PollSeat> _polls = new(StringComparer.Ordinal);

    public override Task Enter(string nodeId, string pollId)
    {
        _polls.GetOrAdd(nodeId, _ => new PollSeat()).Enter(pollId);
        return Task.CompletedTask;
    }

    public override Task<PollEnd> Wait(string nodeId, string pollId, DateTimeOffset until) =>
        _polls.GetOrAdd(nodeId, _ => new PollSeat()).Wait(pollId, until - TimeProvider.System.GetUtcNow());

    public override void Ring(string nodeId)
    {
        if (_polls.TryGetValue(nodeId, out var seat))
        {
            seat.Ring();
        }
    }

    public override Task Expire(Backstage backstage, string commandId) => CommandDeadlines.Apply(backstage, commandId);
}
