using System.Collections.Immutable;
using System.Diagnostics;

namespace Casement.Executions;

/// <summary>A derived status and its <c>StatusDetails</c>, null where AWS shows none.</summary>
public readonly record struct DerivedStatus(ExecutionStatus Status, string? Details);

/// <summary>The leaves of a final command: what its nodes reported and what its owner asked for.</summary>
/// <param name="CancelRequested">Whether the whole command was cancelled.</param>
/// <param name="MaxErrors">As a number of nodes.</param>
/// <param name="Nodes">How it ended on each node.</param>
public sealed record CommandLeaves(
    bool CancelRequested,
    int MaxErrors,
    ImmutableArray<CommandInvocationOutcome> Nodes);

/// <summary>
/// How statuses follow from what lies below them: a command's from its nodes, an invocation's from its command, a
/// task's from its invocations, an execution's from its tasks. No status is ever set in another way.
/// </summary>
public static class StatusDerivation
{
    /// <summary>The status of a final command.</summary>
    public static CommandStatusPair Command(CommandLeaves leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var ended = leaves.Nodes.Aggregate(new EndedCounts(), (counts, outcome) => counts.Plus(outcome, 1));
        return CommandMachine.FinalStatus(ended, leaves.MaxErrors, leaves.CancelRequested);
    }

    /// <summary>The status of an invocation, with its command's <c>StatusDetails</c> once that is final.</summary>
    public static DerivedStatus Invocation(InvocationProgress progress) => progress switch
    {
        InvocationProgress.Waiting => new(ExecutionStatus.Pending, null),
        InvocationProgress.Running running => new(ExecutionStatus.InProgress, CancelRefusal(running.Cancel)),
        InvocationProgress.Refused refused => new(ExecutionStatus.Failed, refused.Details),
        InvocationProgress.Ended ended => new(OfCommand(ended.Outcome.Status), ended.Outcome.Details.ToWire()),
        InvocationProgress.CutOff => new(ExecutionStatus.TimedOut, StatusTexts.CutoffBeforeInvocation),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// The status of a task. One that the cutoff stopped is TIMED_OUT when all is final, whatever its invocations
    /// say; else FAILED goes before TIMED_OUT, that before CANCELLED, that before SUCCESS.
    /// </summary>
    public static DerivedStatus Task(TaskState task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return (task.Stop, task.StartedAt, task.IsWorkedOff) switch
        {
            (TaskStop.CancelledBeforeStart, _, _) =>
                new(ExecutionStatus.Cancelled, StatusTexts.CancelledBeforeStart),
            (TaskStop.CutoffBeforeStart, _, _) => new(ExecutionStatus.TimedOut, StatusTexts.CutoffBeforeStart),
            (_, null, _) => new(ExecutionStatus.Pending, null),
            (_, _, false) => new(ExecutionStatus.InProgress, CancelRefusal(task)),
            (TaskStop.CutoffWhileRunning, _, _) =>
                new(ExecutionStatus.TimedOut, CancelRefusal(task) ?? StatusTexts.CutoffWhileRunning),
            _ => WorkedOff(task),
        };
    }

    /// <summary>The status of an execution, from its tasks and from whether it was cancelled.</summary>
    public static DerivedStatus Execution(ExecutionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var note = state.Opening.Note;
        var tasks = state.Tasks;
        return state.Opening switch
        {
            Opening.Overlapping => new(ExecutionStatus.SkippedOverlapping, note),
            Opening.Missed => new(ExecutionStatus.TimedOut, note),
            _ when tasks.IsEmpty => new(ExecutionStatus.Success, note is null ? StatusTexts.NoTasks : StatusTexts.Cut($"{StatusTexts.NoTasks} {note}")),
            _ when tasks.All(task => task.Status.IsFinal()) => Final(state),
            _ when tasks.All(task => task.Status == ExecutionStatus.Pending) => new(ExecutionStatus.Pending, note),
            _ when state.CancelRequestedAt is not null => new(ExecutionStatus.Cancelling, note),
            _ => new(ExecutionStatus.InProgress, note),
        };
    }

    /// <summary>
    /// Every status of a finished execution computed anew from its leaves: node results, refusals, and the instants
    /// of starts, ends, the cutoff and the request to cancel. No stored status is read; the result differs from
    /// <paramref name="finished"/> exactly where a stored status is wrong.
    /// </summary>
    /// <param name="finished">A final execution.</param>
    /// <param name="leavesOf">The leaves of a command, by command id.</param>
    public static ExecutionState Recompute(ExecutionState finished, Func<string, CommandLeaves> leavesOf)
    {
        ArgumentNullException.ThrowIfNull(finished);
        ArgumentNullException.ThrowIfNull(leavesOf);
        var tasks = finished.Tasks.Select(task =>
        {
            var facts = task with
            {
                Stop = null,
                Invocations = [.. task.Invocations.Select(invocation => Recompute(invocation, leavesOf))],
            };
            facts = facts with { Stop = StopOf(facts, finished) };
            var (status, details) = Task(facts);
            return facts with { Status = status, Details = details };
        });
        var recomputed = finished with { Tasks = [.. tasks] };
        var (status, details) = Execution(recomputed);
        return recomputed with { Status = status, Details = details };
    }

    private static InvocationState Recompute(InvocationState invocation, Func<string, CommandLeaves> leavesOf)
    {
        if (invocation is not { Progress: InvocationProgress.Ended ended, CommandId: { } commandId })
        {
            return invocation;
        }

        var leaves = leavesOf(commandId);
        return invocation with
        {
            Progress = ended with
            {
                Outcome = Command(leaves),
                NodeCount = leaves.Nodes.Length,
                ErrorCount = leaves.Nodes.Count(EndedCounts.CountsAsError),
            },
        };
    }

    private static TaskStop? StopOf(TaskState task, ExecutionState finished)
    {
        var cutoff = finished.Occurrence.CutoffAt;
        return task.StartedAt switch
        {
            null => finished.CancelRequestedAt < cutoff ? TaskStop.CancelledBeforeStart : TaskStop.CutoffBeforeStart,
            _ when task.Plan.CutoffBehavior == CutoffBehavior.ContinueTask => null,
            _ => task.IsWorkedOffBefore(cutoff) ? null : TaskStop.CutoffWhileRunning,
        };
    }

    private static DerivedStatus WorkedOff(TaskState task)
    {
        if (task.Plan.Type != TaskType.RunCommand && !task.Invocations.IsEmpty)
        {
            return new(ExecutionStatus.Failed, StatusTexts.NotCarriedOut(task.Plan.Type));
        }

        if (task.HasExceededMaxErrors)
        {
            return new(ExecutionStatus.Failed, StatusTexts.MaxErrorsExceeded);
        }

        var status = Worst(task.Invocations.Select(invocation => invocation.Status));
        if (status == ExecutionStatus.Success)
        {
            var nodes = task.Invocations.Sum(invocation => invocation.Progress.Nodes);
            return new(status, nodes == 0 ? StatusTexts.NoInvocations : null);
        }

        return new(status, task.Invocations.First(invocation => invocation.Status == status).Details);
    }

    private static DerivedStatus Final(ExecutionState state)
    {
        var note = state.Opening.Note;
        if (state.CancelRequestedAt is not null
            && state.Tasks.Any(task => task.Status == ExecutionStatus.Cancelled))
        {
            return new(ExecutionStatus.Cancelled, note);
        }

        var worst = Worst(state.Tasks.Select(task => task.Status));
        return worst switch
        {
            ExecutionStatus.Failed => new(worst, StatusTexts.TasksFailed),
            ExecutionStatus.TimedOut => new(worst, note),

            // A task whose command somebody cancelled by hand did not fail, and the execution was not cancelled.
            _ => new(ExecutionStatus.Success, note),
        };
    }

    private static ExecutionStatus Worst(IEnumerable<ExecutionStatus> statuses)
    {
        var all = statuses.ToHashSet();
        ReadOnlySpan<ExecutionStatus> worstFirst =
            [ExecutionStatus.Failed, ExecutionStatus.TimedOut, ExecutionStatus.Cancelled];
        foreach (var status in worstFirst)
        {
            if (all.Contains(status))
            {
                return status;
            }
        }

        return ExecutionStatus.Success;
    }

    private static string? CancelRefusal(TaskState task) =>
        task.Invocations.Select(invocation => invocation.Progress switch
        {
            InvocationProgress.Running running => CancelRefusal(running.Cancel),
            InvocationProgress.Ended ended => CancelRefusal(ended.Cancel),
            _ => null,
        }).FirstOrDefault(refusal => refusal is not null);

    private static string? CancelRefusal(CommandCancel cancel) => (cancel as CommandCancel.Refused)?.Details;

    private static ExecutionStatus OfCommand(CommandStatus status) => status switch
    {
        CommandStatus.Success => ExecutionStatus.Success,
        CommandStatus.Failed => ExecutionStatus.Failed,
        CommandStatus.TimedOut => ExecutionStatus.TimedOut,
        CommandStatus.Cancelled => ExecutionStatus.Cancelled,
        CommandStatus.Pending or CommandStatus.InProgress or CommandStatus.Cancelling =>
            throw new UnreachableException(),
    };
}
