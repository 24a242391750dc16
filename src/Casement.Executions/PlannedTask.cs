using System.Collections.Immutable;

namespace Casement.Executions;

/// <summary>One target of a task as it stood at the opening.</summary>
/// <param name="WindowTargetId">Null for nodes named by the task itself and for tasks without targets.</param>
/// <param name="OwnerInformation">What the registered target carries into its results.</param>
public sealed record PlannedTarget(string? WindowTargetId, string? OwnerInformation = null)
{
    /// <summary>The single target of a task without targets: exactly one invocation, naming no window target.</summary>
    public static PlannedTarget None { get; } = new(WindowTargetId: null);
}

/// <summary>A task as it stood at the opening; later edits, disabling and deletion do not touch the run.</summary>
/// <param name="WindowTaskId">The registered task.</param>
/// <param name="Priority">0 … ; a lower number runs earlier.</param>
/// <param name="Type">What it runs.</param>
/// <param name="CutoffBehavior">What happens to it at the cutoff while it runs.</param>
/// <param name="RateControl">Null for tasks without targets: no failure stops anything.</param>
/// <param name="Targets">
/// In order of registration, which is the order of running. Targets deregistered unsafely are left out; if that
/// leaves none, the task succeeds with nothing to do. A task without targets has <see cref="PlannedTarget.None"/>.
/// </param>
public sealed record PlannedTask(
    string WindowTaskId,
    int Priority,
    TaskType Type,
    CutoffBehavior CutoffBehavior,
    RateControl? RateControl,
    ImmutableArray<PlannedTarget> Targets);
