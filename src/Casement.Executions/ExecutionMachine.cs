using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>
/// Advances an execution. Tasks of the lowest unfinished priority run in parallel; the next priority starts when
/// every one of them is final, whatever the outcome. Within a task, targets run one after another in order of
/// registration. Nothing starts at or after the cutoff, except what a running task with CONTINUE_TASK has left.
/// </summary>
public static class ExecutionMachine
{
    /// <summary>
    /// Everything that follows at <paramref name="now"/> from the facts in <paramref name="state"/>. Deciding again on
    /// the result at the same instant changes nothing. The cutoff and a request to cancel take effect in the order
    /// of their instants, not in the order in which somebody looked, and before anything starts.
    /// </summary>
    public static Decision Decide(ExecutionState state, Instant now)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Status.IsFinal())
        {
            return new Decision(state, [], WakeAt: null);
        }

        var tasks = state.Tasks;
        ImmutableArray<TaskState> before;
        do
        {
            before = tasks;
            tasks = Each(tasks, task => Step(task, state, now));
            tasks = StartGroup(tasks, state, now);
        }
        while (tasks != before);

        var next = Settle(tasks == state.Tasks ? state : state with { Tasks = tasks }, now);
        var effects = EffectsOf(next);
        return new Decision(next, effects, WakeAt(next, effects, now));
    }

    private static TaskState Step(TaskState task, ExecutionState state, Instant now)
    {
        if (task.Status.IsFinal())
        {
            return task;
        }

        var stop = StopOf(task, state, now);
        var stepped = stop is null ? task : Stopped(task, stop.Value, now);
        return Settle(Invoke(stepped, now), now);
    }

    private static TaskStop? StopOf(TaskState task, ExecutionState state, Instant now)
    {
        var cutoff = state.Occurrence.CutoffAt;
        if (task.StartedAt is not null)
        {
            var isCutOff = task.Stop is null
                && task.Plan.CutoffBehavior == CutoffBehavior.CancelTask
                && now >= cutoff
                && !task.IsWorkedOffBefore(cutoff);
            return isCutOff ? TaskStop.CutoffWhileRunning : null;
        }

        if (state.CancelRequestedAt < cutoff)
        {
            return TaskStop.CancelledBeforeStart;
        }

        return now >= cutoff ? TaskStop.CutoffBeforeStart : null;
    }

    private static TaskState Stopped(TaskState task, TaskStop stop, Instant now)
    {
        if (stop != TaskStop.CutoffWhileRunning)
        {
            return task with { Stop = stop };
        }

        var stopped = task.Invocations.Select(invocation => invocation.Progress switch
        {
            InvocationProgress.Waiting => invocation with { Progress = new InvocationProgress.CutOff(now) },
            InvocationProgress.Running running =>
                invocation with { Progress = running with { Cancel = new CommandCancel.Asked() } },
            _ => invocation,
        });

        // The targets that were never reached get rows too, so that the history names each of them.
        var unreached = Enumerable.Range(task.Invocations.Length, task.Plan.Targets.Length - task.Invocations.Length)
            .Select(ordinal => NewInvocation(task, ordinal, new InvocationProgress.CutOff(now)));
        return task with { Stop = stop, Invocations = [.. stopped, .. unreached] };
    }

    private static TaskState Invoke(TaskState task, Instant now)
    {
        while (task.StartedAt is not null
            && !task.IsWorkedOff
            && task.Invocations.All(invocation => invocation.Progress.IsFinal))
        {
            InvocationProgress progress = task.Plan.Type == TaskType.RunCommand
                ? new InvocationProgress.Waiting()
                : new InvocationProgress.Refused(now, StatusTexts.NotCarriedOut(task.Plan.Type));
            task = task with
            {
                Invocations = task.Invocations.Add(NewInvocation(task, task.Invocations.Length, progress)),
            };
        }

        return task;
    }

    private static InvocationState NewInvocation(TaskState task, int ordinal, InvocationProgress progress)
    {
        var id = DerivedId.For(task.TaskExecutionId, ChildKind.Invocation, ordinal);
        var commandId = task.Plan.Type == TaskType.RunCommand ? DerivedId.For(id, ChildKind.Command, 0) : null;
        return new InvocationState(id, ordinal, commandId, task.Plan.Targets[ordinal], progress);
    }

    private static ImmutableArray<TaskState> StartGroup(
        ImmutableArray<TaskState> tasks,
        ExecutionState state,
        Instant now)
    {
        var first = tasks.FirstOrDefault(task => !task.Status.IsFinal());
        if (first is null || state.Queued)
        {
            return tasks;
        }

        return Each(tasks, task => task.Plan.Priority == first.Plan.Priority && task.Status == ExecutionStatus.Pending
            ? Settle(task with { StartedAt = now }, now)
            : task);
    }

    private static TaskState Settle(TaskState task, Instant now)
    {
        var (status, details) = StatusDerivation.Task(task);
        return status == task.Status && details == task.Details
            ? task
            : task with { Status = status, Details = details, EndedAt = status.IsFinal() ? now : null };
    }

    private static ExecutionState Settle(ExecutionState state, Instant now)
    {
        var (status, details) = StatusDerivation.Execution(state);
        return status == state.Status && details == state.Details
            ? state
            : state with { Status = status, Details = details, EndedAt = status.IsFinal() ? now : null };
    }

    private static ImmutableArray<Effect> EffectsOf(ExecutionState state)
    {
        var effects = ImmutableArray.CreateBuilder<Effect>();
        foreach (var task in state.Tasks)
        {
            foreach (var invocation in task.Invocations)
            {
                if (invocation.CommandId is not { } commandId)
                {
                    continue;
                }

                switch (invocation.Progress)
                {
                    case InvocationProgress.Waiting:
                        effects.Add(new Effect.StartInvocation(
                            task.TaskExecutionId, invocation.InvocationId, commandId, invocation.Ordinal));
                        break;
                    case InvocationProgress.Running { Cancel: CommandCancel.Asked }:
                        effects.Add(new Effect.CancelCommand(invocation.InvocationId, commandId));
                        break;
                    default:
                        break;
                }
            }
        }

        return effects.ToImmutable();
    }

    private static Instant? WakeAt(ExecutionState state, ImmutableArray<Effect> effects, Instant now)
    {
        if (!effects.IsEmpty)
        {
            return now;
        }

        var cutoff = state.Occurrence.CutoffAt;
        return state.Status.IsFinal() || now >= cutoff ? null : cutoff;
    }

    // The same array when no task changed, so that "nothing changed" can be told by identity.
    private static ImmutableArray<TaskState> Each(ImmutableArray<TaskState> tasks, Func<TaskState, TaskState> change)
    {
        var changed = tasks;
        for (var i = 0; i < tasks.Length; i++)
        {
            var task = change(tasks[i]);
            if (!ReferenceEquals(task, tasks[i]))
            {
                changed = changed.SetItem(i, task);
            }
        }

        return changed;
    }
}
