namespace Casement.Executions.Tests;

/// <summary>Expected statuses of whole executions, written by hand from the rules.</summary>
public sealed class ExecutionHistoryTests
{
    private const string Failed = "FAILED: One or more tasks in the orchestration failed.";
    private const string TooMany = "FAILED: The maximum error count was exceeded.";
    private const string NotStarted = "TIMED_OUT: The cutoff time was reached before the task started.";
    private const string Unfinished = "TIMED_OUT: The cutoff time was reached before the task ended.";
    private const string NotReached = "TIMED_OUT: The cutoff time was reached before the invocation started.";
    private const string Cancelled = "CANCELLED: The execution was cancelled before the task started.";
    private const string InvalidIds = "FAILED: The instance IDs list contains an invalid entry.";

    public static TheoryData<string, string, string, string, string, string> Ends { get; } = new()
    {
        { "no tasks", "", "", "SUCCESS: No tasks to execute.", "", "" },
        { "no tasks, queued", "", "queued", "SUCCESS: No tasks to execute.", "", "" },
        { "no targets left", "A x0", "", "SUCCESS", "A SUCCESS: No invocations to execute", "" },
        { "tag matches nothing", "A", "A0 A0=none", "SUCCESS", "A SUCCESS: No invocations to execute",
            "A0 SUCCESS: NoInstancesInTag" },
        { "one tag of two matches nothing", "A x2", "A0 A0=none A1 A1=ok", "SUCCESS", "A SUCCESS",
            "A0 SUCCESS: NoInstancesInTag | A1 SUCCESS: Success" },
        { "success", "A", "A0 A0=ok", "SUCCESS", "A SUCCESS", "A0 SUCCESS: Success" },
        { "failures within MaxErrors", "A e1", "A0 A0=ok:1", "SUCCESS", "A SUCCESS", "A0 SUCCESS: Success" },
        { "one failure too many", "A e1", "A0 A0=fail:2", Failed, $"A {TooMany}", "A0 FAILED: Failed" },
        { "no node could be given the command", "A", "A0 A0=fail:0", Failed, "A FAILED: Failed", "A0 FAILED: Failed" },
        { "all nodes offline", "A", "A0 A0=dto", "TIMED_OUT", "A TIMED_OUT: DeliveryTimedOut",
            "A0 TIMED_OUT: DeliveryTimedOut" },
        { "some nodes offline", "A e3", "A0 A0=incomplete", Failed, "A FAILED: Incomplete", "A0 FAILED: Incomplete" },
        { "command cancelled by hand", "A", "A0 A0=cancelled", "SUCCESS", "A CANCELLED: Cancelled",
            "A0 CANCELLED: Cancelled" },
        { "refused", "A e1", "A0!", Failed, $"A {InvalidIds}", $"A0 {InvalidIds}" },
        { "refused beyond MaxErrors, the rest not created", "A x3", "A0!", Failed, $"A {TooMany}", $"A0 {InvalidIds}" },
        { "failed before timed out", "A x3 e5", "A0 A0=dto A1 A1=incomplete A2 A2=ok", Failed, "A FAILED: Incomplete",
            "A0 TIMED_OUT: DeliveryTimedOut | A1 FAILED: Incomplete | A2 SUCCESS: Success" },
        { "timed out before cancelled", "A x2", "A0 A0=cancelled A1 A1=dto", "TIMED_OUT",
            "A TIMED_OUT: DeliveryTimedOut", "A0 CANCELLED: Cancelled | A1 TIMED_OUT: DeliveryTimedOut" },
        { "errors add up over targets", "A x3 e1", "A0 A0=ok:1 A1 A1=ok:1", Failed, $"A {TooMany}",
            "A0 SUCCESS: Success | A1 SUCCESS: Success" },
        { "a percentage of the nodes so far", "A x3 e10%", "A0 A0=ok:1 A1 A1=ok:1 A2 A2=ok:1", "SUCCESS", "A SUCCESS",
            "A0 SUCCESS: Success | A1 SUCCESS: Success | A2 SUCCESS: Success" },
        { "a percentage exceeded", "A x3 e10%", "A0 A0=ok:1 A1 A1=ok:2", Failed, $"A {TooMany}",
            "A0 SUCCESS: Success | A1 SUCCESS: Success" },
        { "a failed task stops no later one", "A p0; B p1", "A0 A0=fail:1 B0 B0=ok", Failed,
            $"A {TooMany} | B SUCCESS", "A0 FAILED: Failed | B0 SUCCESS: Success" },
        { "failed and timed out", "A; B", "A0 B0 A0=dto B0=fail:1", Failed,
            $"A TIMED_OUT: DeliveryTimedOut | B {TooMany}", "A0 TIMED_OUT: DeliveryTimedOut | B0 FAILED: Failed" },
        { "automation, targetless", "A automation targetless", "", Failed,
            "A FAILED: task type AUTOMATION is not carried out by this version",
            "A0 FAILED: task type AUTOMATION is not carried out by this version" },
        { "lambda over two targets", "A lambda x2 e5", "", Failed,
            "A FAILED: task type LAMBDA is not carried out by this version",
            "A0 FAILED: task type LAMBDA is not carried out by this version"
            + " | A1 FAILED: task type LAMBDA is not carried out by this version" },
        { "step functions stop no later task", "A step p1; B p2", "B0 B0=ok", Failed,
            "A FAILED: task type STEP_FUNCTIONS is not carried out by this version | B SUCCESS",
            "A0 FAILED: task type STEP_FUNCTIONS is not carried out by this version | B0 SUCCESS: Success" },
        { "cutoff before the second group", "A p0; B p1", "A0 cutoff A0=ok", "TIMED_OUT", $"A SUCCESS | B {NotStarted}",
            "A0 SUCCESS: Success" },
        { "cutoff in the queue", "A; B p1", "queued cutoff", "TIMED_OUT", $"A {NotStarted} | B {NotStarted}", "" },
        { "CONTINUE_TASK goes on to its next target", "A x2", "A0 cutoff A0=ok A1 A1=ok", "SUCCESS", "A SUCCESS",
            "A0 SUCCESS: Success | A1 SUCCESS: Success" },
        { "CONTINUE_TASK not yet acknowledged at the cutoff", "A", "cutoff A0 A0=ok", "SUCCESS", "A SUCCESS",
            "A0 SUCCESS: Success" },
        { "CANCEL_TASK", "A x3 cancel", "A0 cutoff A0~ A0=cancelled", "TIMED_OUT", $"A {Unfinished}",
            $"A0 CANCELLED: Cancelled | A1 {NotReached} | A2 {NotReached}" },
        { "CANCEL_TASK, late success", "A cancel", "A0 cutoff A0~ A0=ok", "TIMED_OUT", $"A {Unfinished}",
            "A0 SUCCESS: Success" },
        { "CANCEL_TASK, late failure", "A cancel", "A0 cutoff A0~ A0=fail:1", "TIMED_OUT", $"A {Unfinished}",
            "A0 FAILED: Failed" },
        { "CANCEL_TASK, not started", "A x2 cancel", "cutoff", "TIMED_OUT", $"A {Unfinished}",
            $"A0 {NotReached} | A1 {NotReached}" },
        { "CANCEL_TASK, the role may not cancel", "A cancel", "A0 cutoff A0~! A0=ok", "TIMED_OUT",
            "A TIMED_OUT: The cutoff time was reached, but the role may not call ssm:CancelCommand;"
            + " the command goes on. User: x is not authorized.", "A0 SUCCESS: Success" },
        { "CANCEL_TASK ended before the cutoff, seen after it", "A cancel", "A0 -A0=ok cutoff", "SUCCESS", "A SUCCESS",
            "A0 SUCCESS: Success" },
        { "CANCEL_TASK exceeded before the cutoff, seen after it", "A x2 cancel", "A0 -A0=fail:1 cutoff", Failed,
            $"A {TooMany}", "A0 FAILED: Failed" },
        { "CANCEL_TASK ended after the cutoff, both seen later", "A cancel", "A0 -cutoff A0=ok", "TIMED_OUT",
            $"A {Unfinished}", "A0 SUCCESS: Success" },
        { "group over before the cutoff, seen after it", "A; B p1", "A0 -A0=ok cutoff", "TIMED_OUT",
            $"A SUCCESS | B {NotStarted}", "A0 SUCCESS: Success" },
        { "cancel in the queue", "A; B p1", "queued cancel", "CANCELLED", $"A {Cancelled} | B {Cancelled}", "" },
        { "cancel while running", "A x2; B p1", "A0 cancel A0=ok A1 A1=ok", "CANCELLED", $"A SUCCESS | B {Cancelled}",
            "A0 SUCCESS: Success | A1 SUCCESS: Success" },
        { "cancel while running, a failure", "A; B p1", "A0 cancel A0=fail:1", "CANCELLED",
            $"A {TooMany} | B {Cancelled}", "A0 FAILED: Failed" },
        { "cancel when nothing waits any more", "A", "A0 cancel A0=ok", "SUCCESS", "A SUCCESS", "A0 SUCCESS: Success" },
        { "cancel when nothing waits any more, a failure", "A", "A0 cancel A0=fail:1", Failed, $"A {TooMany}",
            "A0 FAILED: Failed" },
        { "cancel and a command cancelled by hand", "A", "A0 cancel A0=cancelled", "CANCELLED",
            "A CANCELLED: Cancelled", "A0 CANCELLED: Cancelled" },
        { "cancel before the cutoff, seen after it", "A; B p1", "A0 -cancel cutoff A0=ok", "CANCELLED",
            $"A SUCCESS | B {Cancelled}", "A0 SUCCESS: Success" },
        { "cutoff before the cancel, both seen later", "A; B p1", "A0 -cutoff cancel A0=ok", "TIMED_OUT",
            $"A SUCCESS | B {NotStarted}", "A0 SUCCESS: Success" },
        { "cutoff while cancelling", "A cancel; B p1", "A0 cancel cutoff A0~ A0=cancelled", "CANCELLED",
            $"A {Unfinished} | B {Cancelled}", "A0 CANCELLED: Cancelled" },
        { "cancel when final", "A", "A0 A0=ok cancel", "SUCCESS", "A SUCCESS", "A0 SUCCESS: Success" },
        { "from the queue to the end", "A", "queued release A0 A0=ok", "SUCCESS", "A SUCCESS", "A0 SUCCESS: Success" },
    };

    public static TheoryData<string, string, string, string, string, string> Middles { get; } = new()
    {
        { "the queue", "A", "queued", "PENDING", "A PENDING", "" },
        { "opened", "A; B; C p1", "", "IN_PROGRESS", "A IN_PROGRESS | B IN_PROGRESS | C PENDING",
            "A0 PENDING | B0 PENDING" },
        { "targets one after another", "A x2", "A0", "IN_PROGRESS", "A IN_PROGRESS", "A0 IN_PROGRESS" },
        { "the next target", "A x2", "A0 A0=ok", "IN_PROGRESS", "A IN_PROGRESS", "A0 SUCCESS: Success | A1 PENDING" },
        { "half a group", "A; B; C p1", "A0 B0 A0=ok", "IN_PROGRESS", "A SUCCESS | B IN_PROGRESS | C PENDING",
            "A0 SUCCESS: Success | B0 IN_PROGRESS" },
        { "priorities, not registration", "A p5; B p1", "B0", "IN_PROGRESS", "A PENDING | B IN_PROGRESS",
            "B0 IN_PROGRESS" },
        { "cancelling", "A; B p1", "A0 cancel", "CANCELLING", $"A IN_PROGRESS | B {Cancelled}", "A0 IN_PROGRESS" },
        { "cancelling twice", "A; B p1", "A0 cancel cancel", "CANCELLING", $"A IN_PROGRESS | B {Cancelled}",
            "A0 IN_PROGRESS" },
        { "cut off, the node has not answered", "A cancel", "A0 cutoff A0~", "IN_PROGRESS", "A IN_PROGRESS",
            "A0 IN_PROGRESS" },
        { "past the cutoff, more to do", "A x3; B p1", "A0 cutoff A0=ok", "IN_PROGRESS",
            $"A IN_PROGRESS | B {NotStarted}", "A0 SUCCESS: Success | A1 PENDING" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void An_execution_ends_as_the_rules_say(
        string history, string tasks, string script, string execution, string taskStatuses, string invocations)
    {
        var story = Story.Tell(tasks, script);

        Assert.Equal(
            (history, execution, taskStatuses, invocations),
            (history, story.Execution, story.Tasks, story.Invocations));
        Assert.Empty(story.Effects);
        Assert.Null(story.WakeAt);
        Assert.NotNull(story.State.EndedAt);
        Assert.All(story.State.Tasks, task => Assert.NotNull(task.EndedAt));
    }

    [Theory]
    [MemberData(nameof(Middles))]
    public void An_execution_on_its_way_shows_where_it_is(
        string history, string tasks, string script, string execution, string taskStatuses, string invocations)
    {
        var story = Story.Tell(tasks, script);

        Assert.Equal(
            (history, execution, taskStatuses, invocations),
            (history, story.Execution, story.Tasks, story.Invocations));
        Assert.Null(story.State.EndedAt);
    }

    [Fact]
    public void An_overlapping_occurrence_gets_a_row_without_tasks_at_its_scheduled_instant()
    {
        var row = ExecutionState.SkippedOverlapping("e2", "mw-1", Story.Occurrence, "e1");

        Assert.Equal("SKIPPED_OVERLAPPING", row.Status.ToWire());
        Assert.Equal("The previous execution e1 had not ended.", row.Details);
        Assert.Equal((Story.Occurrence.At, Story.Occurrence.At), (row.StartedAt, row.EndedAt));
        Assert.Empty(row.Tasks);
        Assert.Same(row, ExecutionMachine.Decide(row, Story.Occurrence.CloseAt).Next);
    }

    [Fact]
    public void A_missed_occurrence_gets_a_row_that_says_why()
    {
        var row = ExecutionState.Missed("e1", "mw-1", Story.Occurrence);

        Assert.Equal("TIMED_OUT", row.Status.ToWire());
        Assert.Equal("Casement was not running between the start and the cutoff of this occurrence.", row.Details);
        Assert.Same(row, ExecutionMachine.Decide(row, Story.Occurrence.CloseAt).Next);
    }
}
