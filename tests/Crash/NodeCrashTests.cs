namespace Casement.Crash.Tests;

/// <summary>One server for all deaths on the node.</summary>
public sealed class NodeStage(Seed seed) : IAsyncLifetime
{
    internal Stage Stage { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stage = await Stage.Start(seed, CrashPoint.AgentRecorded);

    public ValueTask DisposeAsync() => Stage.DisposeAsync();
}

/// <summary>Every step at which an agent or a supervisor can die over a command.</summary>
public sealed class NodeCrashTests(NodeStage stage) : IClassFixture<NodeStage>
{
    [Theory]
    [MemberData(nameof(Steps.Node), MemberType = typeof(Steps))]
    public async Task A_script_runs_once_or_is_said_to_be_lost(string point)
    {
        for (var n = 1; n <= Soak.Factor; n++)
        {
            // a supervisor has one run only
            var passage = Steps.IsSupervisors(point) ? 1 : n;
            await stage.Stage.Rearm(point, passage);
            await Story.Tell(stage.Stage, $"{point}-{n}", passage);
        }
    }
}
