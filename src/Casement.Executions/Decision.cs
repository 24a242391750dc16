using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>What <see cref="ExecutionMachine.Decide"/> concluded.</summary>
/// <param name="Next">The next state; the same object as before when nothing changed.</param>
/// <param name="Effects">
/// To be performed after <paramref name="Next"/> is durable. An effect is named again by every decision until its
/// outcome has been recorded; its ids are derived, so performing it twice does nothing twice.
/// </param>
/// <param name="WakeAt">
/// When to decide again if nothing happens before: at once while effects are outstanding, else the cutoff while it
/// lies ahead, else never.
/// </param>
public sealed record Decision(ExecutionState Next, ImmutableArray<Effect> Effects, Instant? WakeAt);

/// <summary>Something to be done outside, as the task's service role.</summary>
public abstract record Effect
{
    private protected Effect()
    {
    }

    /// <summary>
    /// Call SendCommand with this command id, then record WithInvocationStarted or WithInvocationRefused.
    /// </summary>
    /// <param name="TaskExecutionId">The task execution.</param>
    /// <param name="InvocationId">The waiting invocation.</param>
    /// <param name="CommandId">The id that the command must get.</param>
    /// <param name="Ordinal">The index of the target within the task's plan.</param>
    public sealed record StartInvocation(
        string TaskExecutionId,
        string InvocationId,
        string CommandId,
        int Ordinal) : Effect;

    /// <summary>
    /// Call CancelCommand, then record WithCommandCancelAccepted or WithCommandCancelRefused.
    /// </summary>
    /// <param name="InvocationId">The running invocation.</param>
    /// <param name="CommandId">Its command.</param>
    public sealed record CancelCommand(string InvocationId, string CommandId) : Effect;
}
