using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>An execution that waits for its account's quota of simultaneous executions.</summary>
public sealed record QueuedExecution(string ExecutionId, Instant OccurrenceAt);

/// <summary>Executions beyond the quota of an account and region wait as PENDING, the oldest occurrence first.</summary>
public static class ExecutionQuota
{
    /// <summary>Whether an execution that opens now has to wait. It does not overtake those that wait already.</summary>
    /// <param name="active">Executions that are neither final nor queued.</param>
    /// <param name="waiting">Executions that are queued.</param>
    /// <param name="limit">The quota; null for none.</param>
    public static bool MustWait(int active, int waiting, int? limit) => limit is not null && active + waiting >= limit;

    /// <summary>The executions to release now, by occurrence and, at the same instant, by id.</summary>
    /// <param name="waiting">Executions that are queued, in any order.</param>
    /// <param name="active">Executions that are neither final nor queued.</param>
    /// <param name="limit">The quota; null for none.</param>
    public static ImmutableArray<QueuedExecution> Release(
        IEnumerable<QueuedExecution> waiting,
        int active,
        int? limit)
    {
        var ordered = waiting
            .OrderBy(execution => execution.OccurrenceAt)
            .ThenBy(execution => execution.ExecutionId, StringComparer.Ordinal);
        return limit is null ? [.. ordered] : [.. ordered.Take(Math.Max(0, limit.Value - active))];
    }
}
