namespace Casement.Server.Engine;

/// <summary>Why a poll stopped waiting.</summary>
public enum PollEnd
{
    /// <summary>Something was put into the node's mailbox.</summary>
    Rung = 1,

    /// <summary>A newer poll of the node took its place.</summary>
    Replaced = 2,

    /// <summary>Nothing came, the client left, or the server stops.</summary>
    Quiet = 3,
}

/// <summary>One poll of a node, from the moment that it comes in until it is answered. Disposing takes it out of the bells' list.</summary>
public sealed class HeldPoll : IDisposable
{
    private readonly NodeBells _bells;
    private readonly Lock _gate = new();
    private bool _rung;
    private PollEnd? _end;
    private TaskCompletionSource<PollEnd>? _waiting;

    internal HeldPoll(NodeBells bells, string nodeId)
    {
        _bells = bells;
        NodeId = nodeId;
    }

    internal string NodeId { get; }

    /// <summary>Waits until the bell rings, which it may have done since the poll came in.</summary>
    /// <param name="patience">How long at most.</param>
    /// <param name="left">Fires when the client goes away.</param>
    public async Task<PollEnd> Wait(TimeSpan patience, CancellationToken left)
    {
        TaskCompletionSource<PollEnd> waiting;
        lock (_gate)
        {
            if (_end is { } end)
            {
                return end;
            }

            if (_rung)
            {
                _rung = false;
                return PollEnd.Rung;
            }

            if (patience <= TimeSpan.Zero)
            {
                return PollEnd.Quiet;
            }

            waiting = _waiting = new TaskCompletionSource<PollEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        using var limit = _bells.Limit(NodeId, patience, Quieten, waiting);
        await using var gone = left.UnsafeRegister(Quieten, waiting);
        return await waiting.Task;
    }

    internal void Ring()
    {
        TaskCompletionSource<PollEnd>? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = null;

            // one that nobody waits for is kept for the wait that is about to begin
            _rung = waiting is null;
        }

        waiting?.TrySetResult(PollEnd.Rung);
    }

    internal void End(PollEnd why)
    {
        TaskCompletionSource<PollEnd>? waiting;
        lock (_gate)
        {
            _end ??= why;
            waiting = _waiting;
        }

        waiting?.TrySetResult(why);
    }

    public void Dispose() => _bells.Leave(this);

    private static void Quieten(object? waiting) => ((TaskCompletionSource<PollEnd>)waiting!).TrySetResult(PollEnd.Quiet);
}
