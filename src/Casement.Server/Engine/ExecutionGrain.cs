using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>One turn at a time for an execution: saves the waste of two that would decide the same.</summary>
public interface IExecutionGrain : IGrainWithStringKey
{
    Task Decide();
}

/// <summary>Reads rows and decides; holds nothing.</summary>
internal sealed class ExecutionGrain(Backstage backstage) : Grain, IExecutionGrain
{
    public Task Decide() => new ExecutionRunner(backstage).Advance(this.GetPrimaryKeyString());
}

/// <summary>Rings executions. What is not decided stands in its row, so a lost bell costs time and nothing else.</summary>
internal abstract class ExecutionBells
{
    /// <summary>Lets an execution decide, and waits until it has nothing more to say. Throws nothing.</summary>
    public abstract Task Decide(string executionId);

    public void Ring(string executionId) => _ = Decide(executionId);
}

/// <summary>Rings executions, wherever in the cluster they are decided on.</summary>
internal sealed partial class GrainExecutionBells(IGrainFactory grains, ILogger<GrainExecutionBells> logger) : ExecutionBells
{
    public override async Task Decide(string executionId)
    {
        try
        {
            await grains.GetGrain<IExecutionGrain>(executionId).Decide();
        }
        catch (Exception e)
        {
            // its wake-up stands in its row: the clock looks again
            Undecided(e, executionId);
        }
    }

    [LoggerMessage(1241, LogLevel.Error, "Execution {ExecutionId} could not be decided on; tried again")]
    private partial void Undecided(Exception e, string executionId);
}
