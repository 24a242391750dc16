using NodaTime;

namespace Casement.Executions.Tests;

public sealed class ExecutionQuotaTests
{
    [Fact]
    public void Beyond_the_quota_executions_wait_and_the_oldest_occurrence_goes_first()
    {
        Instant At(int hour) => Instant.FromUtc(2026, 3, 7, hour, 0);
        QueuedExecution[] waiting = [new("c", At(3)), new("b", At(2)), new("a", At(3))];

        Assert.Equal(["b"], ExecutionQuota.Release(waiting, active: 4, limit: 5).Select(one => one.ExecutionId));
        Assert.Equal(["b", "a", "c"], ExecutionQuota.Release(waiting, 0, 5).Select(one => one.ExecutionId));
        Assert.Equal(["b", "a", "c"], ExecutionQuota.Release(waiting, 99, null).Select(one => one.ExecutionId));
        Assert.Empty(ExecutionQuota.Release(waiting, 6, 5));
        Assert.False(ExecutionQuota.MustWait(active: 4, waiting: 0, limit: 5));
        Assert.True(ExecutionQuota.MustWait(5, 0, 5));
        Assert.True(ExecutionQuota.MustWait(4, 1, 5));
        Assert.False(ExecutionQuota.MustWait(99, 9, null));
    }
}
