using NodaTime;

namespace Casement.Executions;

/// <summary>One start of a task: for RUN_COMMAND, one window target and one command.</summary>
/// <param name="InvocationId">Derived from the task execution's id and the ordinal.</param>
/// <param name="Ordinal">The index of its target within the task; invocations run one after another.</param>
/// <param name="CommandId">Derived from the invocation's id; null for types that run no command.</param>
/// <param name="Target">The target.</param>
/// <param name="Progress">What is known of it.</param>
public sealed record InvocationState(
    string InvocationId,
    int Ordinal,
    string? CommandId,
    PlannedTarget Target,
    InvocationProgress Progress)
{
    /// <summary>Derived from <see cref="Progress"/>.</summary>
    public ExecutionStatus Status => StatusDerivation.Invocation(Progress).Status;

    /// <summary>Derived from <see cref="Progress"/>; of an ended one its command's <c>StatusDetails</c>.</summary>
    public string? Details => StatusDerivation.Invocation(Progress).Details;

    /// <summary>When its command was accepted, or refused.</summary>
    public Instant? StartedAt => Progress.StartedAt;

    /// <summary>When it became final.</summary>
    public Instant? EndedAt => Progress.EndedAt;
}
