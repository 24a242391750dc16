using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>Bells of nodes that reach whichever replica waits.</summary>
internal sealed partial class GrainNodeBells(IGrainFactory grains, ILogger<GrainNodeBells> logger) : NodeBells
{
    public override Task Enter(string nodeId, string pollId) => grains.GetGrain<INodeGrain>(nodeId).Enter(pollId);

    public override Task<PollEnd> Wait(string nodeId, string pollId, DateTimeOffset until) => grains.GetGrain<INodeGrain>(nodeId).Wait(pollId, until);

    public override void Ring(string nodeId) => _ = RingGrain(nodeId);

    public override Task Expire(Backstage backstage, string commandId) => grains.GetGrain<ICommandGrain>(commandId).Expire();

    private async Task RingGrain(string nodeId)
    {
        try
        {
            await grains.GetGrain<INodeGrain>(nodeId).Ring();
        }
        catch (Exception e)
        {
            // the poll looks again by itself within a quarter of a minute
            Unheard(e, nodeId);
        }
    }

    [LoggerMessage(1201, LogLevel.Debug, "The bell of node {NodeId} was not heard")]
    private partial void Unheard(Exception e, string nodeId);
}
