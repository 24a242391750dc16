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
    private readonly Dictionary<string, Wait> _waits = new(StringComparer.Ordinal);

    public override void Ring(string nodeId)
    {
        if (!_waits.TryGetValue(nodeId, out var wait) || !loses())
        {
            base.Ring(nodeId);
            return;
        }

        wait.LostOne = true;
        loop.At(lane, QuietMs, wait.End);
    }

    internal override IDisposable Limit(string nodeId, TimeSpan patience, TimerCallback over, object waiting)
    {
        var lostOne = _waits.GetValueOrDefault(nodeId) is { LostOne: true };
        var wait = _waits[nodeId] = new Wait(() => over(waiting));
        loop.At(lane, lostOne ? QuietMs : LongMs, wait.End);
        return wait;
    }

    public override Task Expire(Backstage backstage, string commandId) => CommandDeadlines.Apply(backstage, commandId);

    private sealed class Wait(Action over) : IDisposable
    {
        private bool _isOver;

        /// <summary>A bell was lost, during the wait or since.</summary>
        public bool LostOne { get; set; }

        public void End()
        {
            if (!_isOver)
            {
                over();
            }
        }

        public void Dispose() => _isOver = true;
    }
}
