using NodaTime;

namespace Casement.Executions.Tests;

public sealed class ExecutionMachineTests
{
    [Fact]
    public void An_unacknowledged_start_is_repeated_with_the_same_ids()
    {
        var story = Story.Tell("A", "");
        var later = ExecutionMachine.Decide(story.State, story.Now + Duration.FromMinutes(1));

        Assert.Equal(story.Effects, later.Effects);
        var start = Assert.IsType<Effect.StartInvocation>(Assert.Single(later.Effects));
        Assert.Equal(DerivedId.For(start.TaskExecutionId, ChildKind.Invocation, 0), start.InvocationId);
        Assert.Equal(DerivedId.For(start.InvocationId, ChildKind.Command, 0), start.CommandId);
    }

    [Fact]
    public void An_unacknowledged_cancellation_is_repeated_until_it_is_answered()
    {
        var story = Story.Tell("A cancel", "A0 cutoff");

        var cancel = Assert.IsType<Effect.CancelCommand>(Assert.Single(story.Effects));
        Assert.Equal(story.Task("A").Invocations[0].CommandId, cancel.CommandId);
        Assert.Equal(story.Now, story.WakeAt);
        Assert.Empty(Story.Tell("A cancel", "A0 cutoff A0~").Effects);
        Assert.Empty(Story.Tell("A cancel", "A0 cutoff A0~!").Effects);
    }

    [Fact]
    public void A_cancelled_execution_does_not_cancel_commands() =>
        Assert.Empty(Story.Tell("A cancel; B p1", "A0 cancel").Effects);

    [Fact]
    public void It_wakes_at_once_for_effects_and_at_the_cutoff_without()
    {
        Assert.Equal(Story.Occurrence.At, Story.Tell("A", "").WakeAt);
        Assert.Equal(Story.Occurrence.CutoffAt, Story.Tell("A", "A0").WakeAt);
        Assert.Equal(Story.Occurrence.CutoffAt, Story.Tell("A", "queued").WakeAt);
        Assert.Null(Story.Tell("A", "A0 cutoff").WakeAt);
    }

    [Fact]
    public void A_start_that_arrives_after_the_cutoff_gave_the_invocation_up_changes_nothing()
    {
        var story = Story.Tell("A cancel; B", "cutoff");
        var id = story.Task("A").Invocations[0].InvocationId;

        Assert.Same(story.State, story.State.WithInvocationStarted(id, story.Now));
        Assert.Same(story.State, story.State.WithInvocationRefused(id, "no", story.Now));
    }

    [Fact]
    public void Facts_are_recorded_once()
    {
        var running = Story.Tell("A", "A0");
        var id = running.Task("A").Invocations[0].InvocationId;
        var pair = new CommandStatusPair(CommandStatus.Success, CommandStatusDetails.Success);
        var ended = running.State.WithCommandEnded(id, pair, 1, 0, running.Now);

        Assert.Same(running.State, running.State.WithInvocationStarted(id, running.Now));
        Assert.Same(running.State, running.State.WithCommandCancelAccepted(id));
        Assert.Same(running.State, running.State.WithReleased());
        Assert.Same(ended, ended.WithCommandEnded(id, pair, 2, 1, running.Now));
    }

    [Fact]
    public void Impossible_facts_are_refused_by_name()
    {
        var story = Story.Tell("A", "");
        var id = story.Task("A").Invocations[0].InvocationId;
        var success = new CommandStatusPair(CommandStatus.Success, CommandStatusDetails.Success);
        var pending = new CommandStatusPair(CommandStatus.Pending, CommandStatusDetails.Pending);

        Assert.Contains("has started no command", Assert.Throws<InvalidOperationException>(
            () => story.State.WithCommandEnded(id, success, 1, 0, story.Now)).Message, StringComparison.Ordinal);
        Assert.Contains("Pending is not a final", Assert.Throws<ArgumentException>(
            () => story.State.WithCommandEnded(id, pending, 1, 0, story.Now)).Message, StringComparison.Ordinal);
        Assert.Contains("no invocation nowhere", Assert.Throws<ArgumentException>(
            () => story.State.WithInvocationStarted("nowhere", story.Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_late_opening_keeps_its_note_where_the_status_has_no_text()
    {
        var late = Opening.Late.By(Duration.FromSeconds(95.7), "Casement was not running.");
        var occurrence = Story.Occurrence;
        var state = ExecutionState.Open("e1", "mw-1", occurrence, occurrence.At + Duration.FromSeconds(96),
            [new PlannedTask("t", 0, TaskType.RunCommand, CutoffBehavior.ContinueTask, null, [])], late);

        Assert.Equal("Opened PT1M35S late: Casement was not running.", state.Details);
        var ended = ExecutionMachine.Decide(state, state.StartedAt).Next;
        Assert.Equal((ExecutionStatus.Success, state.Details), (ended.Status, ended.Details));
    }

    [Fact]
    public void Tasks_are_ordered_by_priority_and_then_by_registration_and_all_exist_at_the_opening()
    {
        var story = Story.Tell("A p7; B p0; C p7; D p0", "queued");

        Assert.Equal(["task-B", "task-D", "task-A", "task-C"], story.State.Tasks.Select(task => task.Plan.WindowTaskId));
        Assert.Equal([0, 1, 2, 3], story.State.Tasks.Select(task => task.Ordinal));
        Assert.All(story.State.Tasks, task => Assert.Equal(
            DerivedId.For(story.State.ExecutionId, ChildKind.TaskExecution, task.Ordinal), task.TaskExecutionId));
    }

    [Fact]
    public void Times_nest()
    {
        var story = Story.Tell("A; B p1", "A0 A0=ok B0 B0=ok");
        var (a, b) = (story.Task("A"), story.Task("B"));
        var start = Story.Occurrence.At;
        Instant After(int seconds) => start + Duration.FromSeconds(seconds);

        Assert.Equal((start, After(2)), (a.StartedAt, a.EndedAt));
        Assert.Equal((After(1), After(2)), (a.Invocations[0].StartedAt, a.Invocations[0].EndedAt));
        Assert.Equal((After(2), After(4)), (b.StartedAt, b.EndedAt));
        Assert.Equal((start, After(4)), (story.State.StartedAt, story.State.EndedAt));
    }

    [Fact]
    public void Every_combination_of_three_targets_and_error_limits_stops_where_the_rule_says()
    {
        (string Word, int Nodes, int Errors)[] outcomes =
        [
            ("ok", 10, 0), ("ok:1", 10, 1), ("fail:2", 10, 2), ("!", 1, 1),
            ("dto", 10, 0), ("cancelled", 10, 0), ("none", 0, 0),
        ];
        var combinations = 0;
        foreach (var limit in new[] { "0", "1", "2", "3", "10%", "20%" })
        {
            foreach (var first in outcomes)
            {
                foreach (var second in outcomes)
                {
                    foreach (var third in outcomes)
                    {
                        CheckTargets(limit, first, second, third);
                        combinations++;
                    }
                }
            }
        }

        Assert.Equal(6 * 7 * 7 * 7, combinations);
    }

    private static void CheckTargets(string limit, params (string Word, int Nodes, int Errors)[] targets)
    {
        var (started, nodes, errors, exceeded) = (0, 0, 0, false);
        var script = new List<string>();
        while (started < 3 && !exceeded)
        {
            var target = targets[started];
            script.AddRange(target.Word == "!" ? [$"A{started}!"] : [$"A{started}", $"A{started}={target.Word}"]);
            started++;
            nodes += target.Nodes;
            errors += target.Errors;
            exceeded = limit[^1] == '%' ? errors > nodes * (limit[0] - '0') * 10 / 100 : errors > limit[0] - '0';
        }

        var words = targets.Take(started).Select(target => target.Word).ToList();
        var expected = exceeded || words.Exists(word => word is "fail:2" or "!") ? "FAILED"
            : words.Contains("dto") ? "TIMED_OUT"
            : words.Contains("cancelled") ? "CANCELLED"
            : "SUCCESS";

        var task = Story.Tell($"A x3 e{limit}", string.Join(' ', script)).Task("A");
        Assert.Equal(
            (limit, string.Join(',', words), expected, started),
            (limit, string.Join(',', words), task.Status.ToWire(), task.Invocations.Length));
        Assert.Equal(exceeded, task.Details == "The maximum error count was exceeded.");
    }
}
