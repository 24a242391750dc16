namespace Casement.Server.Engine;

/// <summary>Commands get their turns from grains.</summary>
internal sealed class GrainNodeBells(IGrainFactory grains) : NodeBells
{
    public override Task Expire(Backstage backstage, string commandId) => grains.GetGrain<ICommandGrain>(commandId).Expire();
}
