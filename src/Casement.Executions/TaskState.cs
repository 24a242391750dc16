using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>What stopped a task that would otherwise have gone on. The numbers are stored.</summary>
public enum TaskStop
{
    /// <summary>The execution was cancelled before the task started.</summary>
    CancelledBeforeStart = 1,

    /// <summary>The cutoff came before the task started.</summary>
    CutoffBeforeStart = 2,

    /// <summary>The cutoff came while the task, which has CANCEL_TASK, was unfinished.</summary>
    CutoffWhileRunning = 3,
}

/// <summary>A task execution. The status is stored with it, as rows do, and only ever written by derivation.</summary>
public sealed record TaskState
{
    /// <summary>Derived from the execution's id and the ordinal.</summary>
    public required string TaskExecutionId { get; init; }

    /// <summary>Its place in the order of running: by priority, then by registration.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The task as it stood at the opening.</summary>
    public required PlannedTask Plan { get; init; }

    /// <summary>When it left PENDING by starting; null if it never did.</summary>
    public Instant? StartedAt { get; init; }

    /// <summary>When it became final.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>What stopped it, if anything.</summary>
    public TaskStop? Stop { get; init; }

    /// <summary>In order of their ordinals. They appear one after another, each when it is its turn.</summary>
    public ImmutableArray<InvocationState> Invocations { get; init; } = [];

    /// <summary>As of the last <see cref="ExecutionMachine.Decide"/>.</summary>
    public ExecutionStatus Status { get; init; } = ExecutionStatus.Pending;

    /// <summary>As of the last <see cref="ExecutionMachine.Decide"/>; at most 250 characters.</summary>
    public string? Details { get; init; }

    /// <summary>Whether the cutoff stopped it, before or after its start.</summary>
    public bool IsCutOff => Stop is TaskStop.CutoffBeforeStart or TaskStop.CutoffWhileRunning;

    /// <summary>
    /// Whether its ended invocations have more failures than MaxErrors. A percentage is taken of the nodes that
    /// these invocations reached for, because later ones resolve their tags only when they start.
    /// </summary>
    public bool HasExceededMaxErrors
    {
        get
        {
            var (nodes, failures) = (0, 0);
            foreach (var invocation in Invocations)
            {
                nodes += invocation.Progress.Nodes;
                failures += invocation.Progress.Failures;
            }

            return Plan.RateControl is { } rate && failures > rate.MaxErrors.ErrorsOf(nodes);
        }
    }

    /// <summary>Whether it has started and neither runs anything nor will start anything further.</summary>
    public bool IsWorkedOff =>
        StartedAt is not null
        && Invocations.All(invocation => invocation.Progress.IsFinal)
        && (Invocations.Length == Plan.Targets.Length || HasExceededMaxErrors);

    /// <summary>Whether it was worked off, with its last invocation ended, before <paramref name="instant"/>.</summary>
    public bool IsWorkedOffBefore(Instant instant) =>
        IsWorkedOff && Invocations.All(invocation => invocation.Progress.EndedAt < instant);
}
