namespace Casement.Executions.Tests;

public sealed class WireNamesTests
{
    [Fact]
    public void Names_are_read_back_and_no_others()
    {
        Assert.True(WireNames.TryFromWire("CANCEL_TASK", out CutoffBehavior behavior));
        Assert.Equal(CutoffBehavior.CancelTask, behavior);
        Assert.True(WireNames.TryFromWire("STEP_FUNCTIONS", out TaskType type));
        Assert.Equal(TaskType.StepFunctions, type);
        Assert.True(WireNames.TryFromWire("SKIPPED_OVERLAPPING", out ExecutionStatus status));
        Assert.Equal(ExecutionStatus.SkippedOverlapping, status);
        Assert.False(WireNames.TryFromWire("run_command", out type));
        Assert.False(WireNames.TryFromWire(null, out status));
    }
}
