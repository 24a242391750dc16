using Casement.Server;
using Casement.Server.Engine;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>
/// Bells of nodes on the simulation's time. Polls that would come back empty every quarter of a minute are left out: one waits until
/// a bell rings, or for a quarter of a minute after a bell that was lost, and looks by itself now and then.
/// </summary>
internal sealed class PollBells(Loop loop, Lane lane, Func<bool> loses) : NodeBells
{
    private const long QuietMs = 15_000;
    private const long LongMs = 45 * 60_000;
    private readonly Dictionary<string, Seat> _seats = new(StringComparer.Ordinal);

    public override Task Enter(string nodeId, string pollId)
    {
        _seats.GetValueOrDefault(nodeId)?.Waiting?.TrySetResult(PollEnd.Replaced);
        _seats[nodeId] = new Seat(pollId);
        return Task.CompletedTask;
    }

    public override async Task<PollEnd> Wait(string nodeId, string pollId, DateTimeOffset until)
    {
        var seat = _seats[nodeId];
        if (seat.PollId != pollId)
        {
            return PollEnd.Replaced;
        }

        if (seat.Rung)
        {
            seat.Rung = false;
            return PollEnd.Rung;
        }

        var waiting = seat.Waiting = new TaskCompletionSource<PollEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.At(lane, seat.LostOne ? QuietMs : LongMs, () => waiting.TrySetResult(PollEnd.Quiet));
        return await waiting.Task;
    }

    public override void Ring(string nodeId)
    {
        if (!_seats.TryGetValue(nodeId, out var seat))
        {
            return;
        }

        var waiting = seat.Waiting;
        if (loses())
        {
            seat.LostOne = true;
            loop.At(lane, QuietMs, () => waiting?.TrySetResult(PollEnd.Quiet));
            return;
        }

        seat.Waiting = null;
        seat.Rung = waiting?.TrySetResult(PollEnd.Rung) != true;
    }

    public override Task Expire(Backstage backstage, string commandId) => CommandDeadlines.Apply(backstage, commandId);

    private sealed class Seat(string pollId)
    {
        public string PollId => pollId;

        public bool Rung { get; set; }

        public bool LostOne { get; set; }

        public TaskCompletionSource<PollEnd>? Waiting { get; set; }
    }
}
