using Casement.Simulation.Tests.Machinery;

namespace Casement.Simulation.Tests.Checks;

/// <summary>What must hold of an execution at each commit that touched it.</summary>
internal static class ExecutionChecks
{
    public static void Check(ExecutionSnap? before, ExecutionSnap after, Func<string, CommandSnap?> commands, long nowMs, long slackMs, bool wasMoved)
    {
        Terminal(before, after);
        foreach (var task in after.Tasks)
        {
            var was = before?.Tasks.FirstOrDefault(t => t.Id == task.Id);
            Task(before, was, after, task);
            foreach (var invocation in task.Invocations)
            {
                Invocation(was, after, task, invocation, commands);
            }
        }

        Wakes(after, commands, nowMs, slackMs);
        if (after.Final && after.Opened)
        {
            Derivation(after, commands, wasMoved);
        }
    }

    /// <summary>Whatever is due to happen to it stands in its row, so that no bell need be heard.</summary>
    private static void Wakes(ExecutionSnap after, Func<string, CommandSnap?> commands, long nowMs, long slackMs)
    {
        if (after.Final)
        {
            return;
        }

        var invocations = after.Tasks.SelectMany(t => t.Invocations.Select(i => (Task: t, Invocation: i))).ToList();
        var isCutOff = nowMs >= after.CutoffMs;
        var isDue = invocations.Any(i => i.Invocation.Kind == 1 || (i.Invocation.Kind == 2 && commands(i.Invocation.CommandId!) is { Final: true }))
            || (isCutOff && after.Tasks.Any(t => t.EndMs is null && t.StartMs is null))
            || (isCutOff && invocations.Any(i => i.Task.Terms.CancelsAtCutoff && i.Invocation.RunsOn));
        Violation.Unless(!isDue || after.WakeMs <= nowMs + slackMs, "what is due wakes", $"something is due at {nowMs}, but nothing wakes {after}");
        Violation.Unless(isCutOff || after.WakeMs <= after.CutoffMs, "what is due wakes", $"nothing wakes it at its cutoff: {after}");
        Violation.Unless(
            after.WakeMs is not null || invocations.Exists(i => i.Invocation.Kind == 2), "every execution ends", $"it waits for nothing and will not be looked at: {after}");
    }

    private static void Terminal(ExecutionSnap? before, ExecutionSnap after)
    {
        Violation.Unless(
            before is null or { Final: false } || (after.Final && Plain(before) == Plain(after)), "terminal statuses never change", $"execution {after.Id}: {before} became {after}");
        if (before is null)
        {
            return;
        }

        foreach (var (was, now) in before.Tasks.Zip(after.Tasks))
        {
            Violation.Unless(was.EndMs is null || Plain(was) == Plain(now), "terminal statuses never change", $"task {now.Id}: {was} became {now}");
            foreach (var (old, current) in was.Invocations.Zip(now.Invocations))
            {
                Violation.Unless(!old.Final || old == current, "terminal statuses never change", $"invocation {current.Id}: {old} became {current}");
            }

            Violation.Unless(now.Invocations.Count >= was.Invocations.Count, "terminal statuses never change", $"task {now.Id} lost an invocation");
        }
    }

    private static void Task(ExecutionSnap? before, TaskSnap? was, ExecutionSnap after, TaskSnap task)
    {
        Violation.Unless(
            task.StartMs is null || was?.StartMs is not null || task.StartMs < after.CutoffMs, "nothing starts after the cutoff", $"task {task.Id} started at {task.StartMs}, the cutoff is {after.CutoffMs}");
        var startsNow = task.StartMs is not null && was?.StartMs is null;
        Violation.Unless(
            !startsNow || after.Tasks.All(t => t.Terms.Priority >= task.Terms.Priority || t.EndMs is not null), "priorities in order",
            $"task {task.Id} of priority {task.Terms.Priority} started before one of a lower number had ended");
        Violation.Unless(!startsNow || before?.CancelMs is null, "nothing starts after a cancellation", $"task {task.Id} started though its execution was cancelled");
        Violation.Unless(!startsNow || !after.Queued, "quota", $"task {task.Id} started though its execution waits for the quota");
        Violation.Unless(
            task.Invocations.Count(i => !i.Final) <= 1, "never more than MaxConcurrency", $"task {task.Id} has {task.Invocations.Count(i => !i.Final)} invocations at work at once");
        Violation.Unless(task.Invocations.Count <= task.Terms.Targets, "counts are consistent", $"task {task.Id} has more invocations than targets");
    }

    private static void Invocation(TaskSnap? was, ExecutionSnap after, TaskSnap task, InvocationSnap invocation, Func<string, CommandSnap?> commands)
    {
        var old = was?.Invocations.FirstOrDefault(i => i.Id == invocation.Id);
        Violation.Unless(
            !task.Terms.CancelsAtCutoff || invocation.Kind != 2 || old?.Kind == 2 || invocation.StartMs < after.CutoffMs, "nothing starts after the cutoff",
            $"invocation {invocation.Id} started at {invocation.StartMs}, the cutoff is {after.CutoffMs}");
        var startsNow = (invocation.HasCommand && old?.HasCommand != true) || (invocation.Refused && old?.Refused != true);
        Violation.Unless(
            !startsNow || !Rules.IsSpent(task, invocation.Ordinal, commands), "nothing starts after the error budget is spent",
            $"invocation {invocation.Ordinal} of task {task.Id} started, MaxErrors is {task.Terms.MaxErrors}");
        Violation.Unless(
            !startsNow || task.StartMs is not null, "priorities in order", $"invocation {invocation.Id} started before its task");
        if (invocation.HasCommand)
        {
            var command = commands(invocation.CommandId!);
            Violation.Unless(
                command is not null && command.InvocationId == invocation.Id && command.Id == Rules.CommandIdOf(invocation.Id), "one command per invocation",
                $"invocation {invocation.Id} has started {invocation.CommandId}, which is {(command is null ? "not there" : "not its own")}");
            Violation.Unless(
                invocation.Kind != 4 || command!.Final, "statuses follow from results", $"invocation {invocation.Id} has ended, its command {command!.Id} has not");
        }
    }

    /// <param name="wasMoved">The clock was set back since it opened: then a task may have been cut off by either time.</param>
    private static void Derivation(ExecutionSnap after, Func<string, CommandSnap?> commands, bool wasMoved)
    {
        foreach (var task in after.Tasks)
        {
            foreach (var invocation in task.Invocations)
            {
                Violation.Unless(
                    invocation.Status == Rules.Invocation(invocation, commands), "statuses follow from results",
                    $"invocation {invocation.Id} says {invocation.Status}, its command {Rules.Invocation(invocation, commands)}");
            }

            var derived = Rules.Task(after, task, commands);
            Violation.Unless(wasMoved || task.Status == derived, "statuses follow from results", $"task {task.Id} says {task.Status}, its invocations {derived}");
            Violation.Unless(
                task.StartMs is null || task.Invocations.Count == task.Terms.Targets || Rules.IsSpent(task, int.MaxValue, commands), "counts are consistent",
                $"task {task.Id} ended after {task.Invocations.Count} of {task.Terms.Targets} targets");
        }

        var whole = Rules.Execution(after, [.. after.Tasks.Select(t => t.Status)]);
        Violation.Unless(after.Status == whole, "statuses follow from results", $"execution {after.Id} says {after.Status}, its tasks {whole}");
    }

    private static (string, string?, long?, long?, long?) Plain(ExecutionSnap e) => (e.Status, e.Details, e.StartMs, e.EndMs, e.CancelMs);

    private static (string, string?, long?, long?) Plain(TaskSnap t) => (t.Status, t.Details, t.StartMs, t.EndMs);
}
