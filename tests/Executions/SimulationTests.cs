namespace Casement.Executions.Tests;

public sealed class SimulationTests
{
    private const int Runs = 10_000;

    // Both tests look at the same runs.
    private static readonly Lazy<SortedSet<string>> Reached = new(RunAll);

    [Fact]
    public void Ten_thousand_random_executions_keep_every_rule_and_their_statuses_follow_from_their_leaves() =>
        Assert.NotEmpty(Reached.Value);

    [Fact]
    public void The_random_executions_reach_every_class()
    {
        string[] expected =
        [
            "execution PENDING: ",
            "execution IN_PROGRESS: ",
            "execution CANCELLING: ",
            "execution CANCELLED: ",
            "execution SUCCESS: ",
            "execution SUCCESS: No tasks to execute.",
            "execution FAILED: One or more tasks in the orchestration failed.",
            "execution TIMED_OUT: ",
            "task PENDING: ",
            "task IN_PROGRESS: ",
            "task IN_PROGRESS: The cutoff time was reached, but the role may not call ssm:CancelCommand;"
                + " the command goes on. User: role is not authorized.",
            "task SUCCESS: ",
            "task SUCCESS: No invocations to execute",
            "task CANCELLED: Cancelled",
            "task CANCELLED: The execution was cancelled before the task started.",
            "task FAILED: Failed",
            "task FAILED: Incomplete",
            "task FAILED: The instance IDs list contains an invalid entry.",
            "task FAILED: The maximum error count was exceeded.",
            "task FAILED: task type AUTOMATION is not carried out by this version",
            "task FAILED: task type LAMBDA is not carried out by this version",
            "task FAILED: task type STEP_FUNCTIONS is not carried out by this version",
            "task TIMED_OUT: DeliveryTimedOut",
            "task TIMED_OUT: The cutoff time was reached before the task ended.",
            "task TIMED_OUT: The cutoff time was reached before the task started.",
            "task TIMED_OUT: The cutoff time was reached, but the role may not call ssm:CancelCommand;"
                + " the command goes on. User: role is not authorized.",
            "invocation PENDING: ",
            "invocation IN_PROGRESS: ",
            "invocation SUCCESS: Success",
            "invocation SUCCESS: NoInstancesInTag",
            "invocation CANCELLED: Cancelled",
            "invocation FAILED: Failed",
            "invocation FAILED: Incomplete",
            "invocation FAILED: The instance IDs list contains an invalid entry.",
            "invocation TIMED_OUT: DeliveryTimedOut",
            "invocation TIMED_OUT: The cutoff time was reached before the invocation started.",
            "CONTINUE_TASK started an invocation after the cutoff",
            "a running task went on after the cancel",
            "a start was repeated",
            "a task started after a failed one",
            "node Terminated",
            "node Cancelled",
            "node ExecutionTimedOut",
            "batch of 4",
        ];

        Assert.Empty(expected.Except(Reached.Value));
    }

    private static SortedSet<string> RunAll()
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Runs; seed++)
        {
            try
            {
                var run = new SimulatedRun((ulong)seed);
                run.Run();
                StatusesFollowFromLeaves(run);
                reached.UnionWith(run.Reached);
                foreach (var command in run.Commands.Values)
                {
                    reached.UnionWith(command.Outcomes.Select(outcome => $"node {outcome}"));
                    reached.Add($"batch of {command.LargestBatch}");
                }
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"The run of seed {seed} broke a rule.", exception);
            }
        }

        return reached;
    }

    private static void StatusesFollowFromLeaves(SimulatedRun run)
    {
        var recomputed = StatusDerivation.Recompute(WithoutStatuses(run.State), id => run.Commands[id].Leaves);
        Assert.Equal(Statuses(run.State), Statuses(recomputed));
    }

    // What recomputation must not read is made wrong beforehand.
    private static ExecutionState WithoutStatuses(ExecutionState state) => state with
    {
        Status = ExecutionStatus.Pending,
        Details = "stored",
        Tasks =
        [
            .. state.Tasks.Select(task => task with
            {
                Status = ExecutionStatus.Pending,
                Details = "stored",
                Stop = null,
                Invocations = [.. task.Invocations.Select(WithoutOutcome)],
            }),
        ],
    };

    private static InvocationState WithoutOutcome(InvocationState invocation) =>
        invocation.Progress is InvocationProgress.Ended ended
            ? invocation with { Progress = ended with { Outcome = default, NodeCount = 0, ErrorCount = 0 } }
            : invocation;

    private static List<(ExecutionStatus Status, string? Details)> Statuses(ExecutionState state) =>
    [
        (state.Status, state.Details),
        .. state.Tasks.Select(task => (task.Status, task.Details)),
        .. state.Tasks.SelectMany(task => task.Invocations)
            .Select(invocation => (invocation.Status, invocation.Details)),
    ];
}
