using System.Collections.Concurrent;

namespace Casement.Server.Engine;

/// <summary>
/// Wakes polls of nodes, and gives commands their turns. Messages and deadlines stand in rows, so a lost bell costs time and
/// nothing else: whoever waits looks again by itself. None may be rung before the commit that it is about.
/// </summary>
public abstract class NodeBells
{
    /// <summary>How many nodes may wait at once.</summary>
    public const int PollsMax = 20_000;

    // only nodes that wait are in it
    private readonly ConcurrentDictionary<string, HeldPoll> _polls = new(StringComparer.Ordinal);
    private volatile bool _closed;
    private int _seats;

    private protected NodeBells() { }

    /// <summary>A poll comes in; the node's older one ends. To be called before the mailbox is read, so that no bell falls in between.</summary>
    public HeldPoll Enter(string nodeId)
    {
        var poll = new HeldPoll(this, nodeId);
        HeldPoll? older = null;
        _polls.AddOrUpdate(nodeId, poll, (_, known) =>
        {
            older = known;
            return poll;
        });
        older?.End(PollEnd.Replaced);
        if (_closed)
        {
            poll.End(PollEnd.Quiet);
        }

        return poll;
    }

    /// <summary>Something may be in the node's mailbox.</summary>
    public virtual void Ring(string nodeId)
    {
        if (_polls.TryGetValue(nodeId, out var poll))
        {
            poll.Ring();
        }
    }

    /// <summary>Lets one turn at a time apply what is due of a command.</summary>
    public abstract Task Expire(Backstage backstage, string commandId);

    /// <summary>The server stops: polls answer at once, so that it need not wait for them.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var poll in _polls.Values)
        {
            poll.End(PollEnd.Quiet);
        }
    }

    /// <summary>Calls back when a poll has waited so long; disposed before that, never.</summary>
    internal virtual IDisposable Limit(string nodeId, TimeSpan patience, TimerCallback over, object waiting) =>
        TimeProvider.System.CreateTimer(over, waiting, patience, Timeout.InfiniteTimeSpan);

    // a newer poll of the node stays
    internal void Leave(HeldPoll poll) => _polls.TryRemove(KeyValuePair.Create(poll.NodeId, poll));

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

/// <summary>Commands get their turns where they are asked for.</summary>
public sealed class LocalNodeBells : NodeBells
{
    public override Task Expire(Backstage backstage, string commandId) => CommandDeadlines.Apply(backstage, commandId);
}
