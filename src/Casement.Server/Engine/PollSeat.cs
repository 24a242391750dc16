namespace Casement.Server.Engine;

/// <summary>The one place where a node's poll waits.</summary>
internal sealed class PollSeat
{
    private readonly Lock _gate = new();
    private string? _poll;
    private bool _rung;
    private TaskCompletionSource<PollEnd>? _waiting;

    public void Enter(string pollId)
    {
        TaskCompletionSource<PollEnd>? older;
        lock (_gate)
        {
            older = _waiting;
            (_poll, _rung, _waiting) = (pollId, false, null);
        }

        older?.TrySetResult(PollEnd.Replaced);
    }

    public async Task<PollEnd> Wait(string pollId, TimeSpan patience)
    {
        TaskCompletionSource<PollEnd> waiting;
        lock (_gate)
        {
            if (_poll != pollId)
            {
                return PollEnd.Replaced;
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

        using var limit = new CancellationTokenSource(patience, TimeProvider.System);
        await using var registration = limit.Token.Register(() => waiting.TrySetResult(PollEnd.Quiet));
        return await waiting.Task;
    }

    public void Ring()
    {
        TaskCompletionSource<PollEnd>? waiting;
        lock (_gate)
        {
            waiting = _waiting;
            _waiting = null;

            // one that nobody waits for is kept for the poll that is about to
            _rung = waiting is null;
        }

        if (waiting is not null && !waiting.TrySetResult(PollEnd.Rung))
        {
            lock (_gate)
            {
                _rung = true;
            }
        }
    }
}
