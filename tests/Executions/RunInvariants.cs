using NodaTime;

namespace Casement.Executions.Tests;

/// <summary>What must hold of every decision, whatever came before it; and which cases have been seen.</summary>
internal sealed class RunInvariants
{
    private readonly HashSet<string> reached = [];

    public IEnumerable<string> Reached => reached;

    public void Check(ExecutionState before, Decision decision, Instant now)
    {
        var next = decision.Next;
        for (var t = 0; t < next.Tasks.Length; t++)
        {
            var (was, task) = (before.Tasks[t], next.Tasks[t]);
            FinalTasksStay(was, task);
            InvocationsRunOneAfterAnother(was, task);
            if (was.StartedAt is null && task.StartedAt is not null)
            {
                TaskMayStart(next, task, now);
            }

            foreach (var invocation in task.Invocations.Skip(was.Invocations.Length))
            {
                InvocationMayBeCreated(next, task, invocation, now);
            }
        }

        Assert.Equal(
            next.Tasks.Sum(task => task.Invocations.Length),
            next.Tasks.SelectMany(task => task.Invocations).DistinctBy(invocation => invocation.InvocationId).Count());
        SomethingIsAwaited(decision, now);
        reached.Add($"execution {next.Status.ToWire()}: {next.Details}");
        reached.UnionWith(next.Tasks.Select(task => $"task {task.Status.ToWire()}: {task.Details}"));
        reached.UnionWith(next.Tasks.SelectMany(task => task.Invocations)
            .Select(invocation => $"invocation {invocation.Status.ToWire()}: {invocation.Details}"));
        var waited = before.Tasks.SelectMany(task => task.Invocations)
            .Where(invocation => invocation.Progress is InvocationProgress.Waiting)
            .Select(invocation => invocation.InvocationId).ToHashSet();
        if (decision.Effects.OfType<Effect.StartInvocation>().Any(start => waited.Contains(start.InvocationId)))
        {
            reached.Add("a start was repeated");
        }
    }

    private static void FinalTasksStay(TaskState was, TaskState task)
    {
        if (was.Status.IsFinal())
        {
            Assert.Same(was, task);
        }

        for (var i = 0; i < was.Invocations.Length; i++)
        {
            if (was.Invocations[i].Progress.IsFinal)
            {
                Assert.Equal(was.Invocations[i], task.Invocations[i]);
            }
        }
    }

    private static void InvocationsRunOneAfterAnother(TaskState was, TaskState task)
    {
        Assert.True(task.Invocations.Length >= was.Invocations.Length);
        Assert.Equal(
            Enumerable.Range(0, task.Invocations.Length),
            task.Invocations.Select(invocation => invocation.Ordinal));
        Assert.All(task.Invocations.SkipLast(1), invocation =>
            Assert.True(invocation.Progress.IsFinal || task.Stop == TaskStop.CutoffWhileRunning));
        Assert.InRange(task.Invocations.Count(invocation => !invocation.Progress.IsFinal), 0, 1);
    }

    private void TaskMayStart(ExecutionState next, TaskState task, Instant now)
    {
        Assert.True(now < next.Occurrence.CutoffAt, "A task started at or after the cutoff.");
        Assert.False(next.Queued);
        Assert.Null(next.CancelRequestedAt);
        Assert.All(
            next.Tasks.Where(other => other.Plan.Priority < task.Plan.Priority),
            other => Assert.True(other.Status.IsFinal(), "A task started before an earlier priority was over."));
        if (next.Tasks.Any(other => other.Plan.Priority < task.Plan.Priority && other.Status == ExecutionStatus.Failed))
        {
            reached.Add("a task started after a failed one");
        }
    }

    private void InvocationMayBeCreated(ExecutionState next, TaskState task, InvocationState invocation, Instant now)
    {
        if (invocation.Progress is InvocationProgress.CutOff)
        {
            Assert.True(task.IsCutOff && now >= next.Occurrence.CutoffAt);
            return;
        }

        if (now >= next.Occurrence.CutoffAt)
        {
            Assert.Equal(CutoffBehavior.ContinueTask, task.Plan.CutoffBehavior);
            Assert.True(task.StartedAt < next.Occurrence.CutoffAt);
            reached.Add("CONTINUE_TASK started an invocation after the cutoff");
        }

        if (next.CancelRequestedAt is not null)
        {
            reached.Add("a running task went on after the cancel");
        }

        var earlier = task.Invocations.Take(invocation.Ordinal).ToList();
        var (nodes, failures) = (0, 0);
        foreach (var progress in earlier.Select(one => one.Progress))
        {
            (nodes, failures) = progress switch
            {
                InvocationProgress.Refused => (nodes + 1, failures + 1),
                InvocationProgress.Ended ended => (nodes + ended.NodeCount, failures + ended.ErrorCount),
                _ => throw new InvalidOperationException("An invocation was created behind an unfinished one."),
            };
        }

        var allowed = task.Plan.RateControl?.MaxErrors switch
        {
            null => int.MaxValue,
            Amount.Percent percent => nodes * percent.Value / 100,
            var count => ((Amount.Count)count).Value,
        };
        Assert.True(failures <= allowed, "An invocation was created after the error budget was spent.");
    }

    private static void SomethingIsAwaited(Decision decision, Instant now)
    {
        var next = decision.Next;
        if (next.Status.IsFinal())
        {
            Assert.Empty(decision.Effects);
            Assert.Null(decision.WakeAt);
            return;
        }

        var isRunning = next.Tasks.SelectMany(task => task.Invocations)
            .Any(invocation => invocation.Progress is InvocationProgress.Running);
        Assert.True(isRunning || next.Queued || !decision.Effects.IsEmpty, "Nothing will ever happen again.");
        Assert.True(
            !decision.Effects.IsEmpty || now >= next.Occurrence.CutoffAt || decision.WakeAt == next.Occurrence.CutoffAt);
    }
}
