using Orleans.Concurrency;

namespace Casement.Server.Engine;

/// <summary>Where a node's poll waits, wherever in the cluster it came in.</summary>
public interface INodeGrain : IGrainWithStringKey
{
    Task Enter(string pollId);

    Task<PollEnd> Wait(string pollId, DateTimeOffset until);

    Task Ring();
}

/// <summary>Holds nothing but the wait itself; when it moves, the poll looks again and nothing is lost.</summary>
[Reentrant]
internal sealed class NodeGrain(NodeBells bells) : Grain, INodeGrain
{
    private readonly PollSeat _seat = new();

    public Task Enter(string pollId)
    {
        _seat.Enter(pollId);
        return Task.CompletedTask;
    }

    public async Task<PollEnd> Wait(string pollId, DateTimeOffset until)
    {
        // a silo that stops waits for its grains' calls, so this one must not be long then
        var wait = _seat.Wait(pollId, until - TimeProvider.System.GetUtcNow());
        return await Task.WhenAny(wait, bells.Closed) == wait ? await wait : PollEnd.Quiet;
    }

    public Task Ring()
    {
        _seat.Ring();
        return Task.CompletedTask;
    }
}
