namespace Casement.Storage;

/// <summary>What a task execution keeps beside its columns: the JSON in <c>task_executions.doc</c>.</summary>
/// <param name="Task">The task as it stood when the window opened.</param>
/// <param name="Parameters">
/// The parameters of its run by name, with the key <c>aws:InstanceId</c> for the nodes that were resolved; null before it starts.
/// </param>
public sealed record TaskExecutionDoc(TaskDefinition Task, IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters);

/// <summary>What an invocation keeps beside its columns: the JSON in <c>invocations.doc</c>.</summary>
public sealed record InvocationDoc(string TaskType, string? OwnerInformation)
{
    /// <summary>What the state machine knows of it.</summary>
    public ProgressDoc? Progress { get; init; }
}

/// <summary>An execution as it is shown; instants in epoch milliseconds.</summary>
/// <param name="OrderMs">Where it is listed: its start, or the instant that it was due at while it waits to start.</param>
public sealed record ExecutionView(string WindowId, string ExecutionId, string Status, string? Details, long? StartMs, long? EndMs, long OrderMs);

/// <summary>A task execution as it is shown.</summary>
public sealed record TaskExecutionView(
    string ExecutionId, string TaskExecutionId, int Ordinal, string Status, string? Details, long? StartMs, long? EndMs, TaskExecutionDoc Doc);

/// <summary>An invocation as it is shown.</summary>
/// <param name="CommandId">The command that it became; null while it waits, and where none was sent.</param>
/// <param name="Parameters">The request that started it, as JSON text.</param>
public sealed record InvocationView(
    string ExecutionId, string TaskExecutionId, string InvocationId, int Ordinal, string? TargetId, string? CommandId, string Status, string? Details,
    long? StartMs, long? EndMs, string? Parameters, InvocationDoc Doc);

/// <summary>Executions as clients read them. What runs on them is written elsewhere.</summary>
public static class ExecutionHistory
{
    private const string ExecutionColumns = "window_id, execution_id, status, details, start_ms, end_ms, coalesce(start_ms, occurrence_ms)";
    private const string TaskColumns = "execution_id, task_execution_id, ordinal, status, details, start_ms, end_ms, doc";
    private const string InvocationColumns =
        "execution_id, task_execution_id, invocation_id, ordinal, target_id, command_id, status, details, start_ms, end_ms, parameters, doc";

    public static ExecutionView? Find(Tx tx, Scope scope, string executionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            $"SELECT {ExecutionColumns} FROM executions WHERE account=$1 AND region=$2 AND execution_id=$3", Execution, scope.Account, scope.Region, executionId);
    }

    /// <summary>Executions of a window that still exists, newest first, from after a place in that order.</summary>
    /// <param name="afterMs">The last shown item's <see cref="ExecutionView.OrderMs"/>; null begins with the newest.</param>
    /// <param name="afterId">The last shown item's id, which decides among equal instants.</param>
    /// <param name="startedBeforeMs">Only those that started before this instant; null is no bound.</param>
    /// <param name="startedAfterMs">Only those that started after this instant; null is no bound.</param>
    public static List<ExecutionView> Of(
        Tx tx, Scope scope, string windowId, long? afterMs, string? afterId, long? startedBeforeMs, long? startedAfterMs, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"""
            SELECT {ExecutionColumns} FROM executions WHERE account=$1 AND region=$2 AND window_id=$3 AND window_deleted=0
              AND (coalesce(start_ms, occurrence_ms), execution_id) < ($4, $5)
              AND ($6 IS NULL OR start_ms < $6) AND ($7 IS NULL OR start_ms > $7)
            ORDER BY coalesce(start_ms, occurrence_ms) DESC, execution_id DESC LIMIT $8
            """,
            Execution, scope.Account, scope.Region, windowId, afterMs ?? long.MaxValue, afterId ?? "", startedBeforeMs, startedAfterMs, (long)limit);
    }

    /// <summary>The task executions of an execution in the order in which they run.</summary>
    public static List<TaskExecutionView> TasksOf(Tx tx, string executionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All($"SELECT {TaskColumns} FROM task_executions WHERE execution_id=$1 ORDER BY ordinal", TaskExecution, executionId);
    }

    public static TaskExecutionView? FindTask(Tx tx, string executionId, string taskExecutionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            $"SELECT {TaskColumns} FROM task_executions WHERE task_execution_id=$2 AND execution_id=$1", TaskExecution, executionId, taskExecutionId);
    }

    /// <summary>The invocations of a task execution, in order.</summary>
    public static List<InvocationView> InvocationsOf(Tx tx, string executionId, string taskExecutionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {InvocationColumns} FROM invocations WHERE execution_id=$1 AND task_execution_id=$2 ORDER BY ordinal",
            Invocation, executionId, taskExecutionId);
    }

    /// <summary>The nodes that a task execution's commands went to, each once, in the order of the commands.</summary>
    public static List<string> NodesOf(Tx tx, string executionId, string taskExecutionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return [.. tx.All(
            """
            SELECT c.node_id FROM invocations i JOIN command_invocations c ON c.command_id=i.command_id
            WHERE i.execution_id=$1 AND i.task_execution_id=$2 ORDER BY i.ordinal, c.ordinal
            """,
            r => r.Text(0), executionId, taskExecutionId).Distinct(StringComparer.Ordinal)];
    }

    public static InvocationView? FindInvocation(Tx tx, string executionId, string taskExecutionId, string invocationId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            $"SELECT {InvocationColumns} FROM invocations WHERE invocation_id=$3 AND execution_id=$1 AND task_execution_id=$2",
            Invocation, executionId, taskExecutionId, invocationId);
    }

    /// <summary>
    /// Asks an execution that has not ended to stop, and makes it due to be decided on now; false when it has ended, was asked
    /// before, or does not exist.
    /// </summary>
    public static bool RequestCancel(Tx tx, Scope scope, string executionId, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute(
            """
            UPDATE executions SET cancel_ms=$4, wake_ms=$4, version=version+1
            WHERE account=$1 AND region=$2 AND execution_id=$3 AND final=0 AND cancel_ms IS NULL
            """,
            scope.Account, scope.Region, executionId, nowMs) == 1;
    }

    private static ExecutionView Execution(Row r) => new(
        r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3), r.LongOrNull(4), r.LongOrNull(5), r.Long(6));

    private static TaskExecutionView TaskExecution(Row r) => new(
        r.Text(0), r.Text(1), r.Int(2), r.Text(3), r.TextOrNull(4), r.LongOrNull(5), r.LongOrNull(6),
        r.Doc(7, StorageJson.Default.TaskExecutionDoc, "task execution", r.Text(1)));

    private static InvocationView Invocation(Row r)
    {
        var doc = r.Doc(11, StorageJson.Default.InvocationDoc, "invocation", r.Text(2));

        // the id is known before there is a command, and stays when there never is one: waiting, refused, cut off
        var commandId = doc.Progress is { Kind: 1 or 3 or 5 } ? null : r.TextOrNull(5);
        return new(
            r.Text(0), r.Text(1), r.Text(2), r.Int(3), r.TextOrNull(4), commandId, r.Text(6), r.TextOrNull(7), r.LongOrNull(8), r.LongOrNull(9),
            r.TextOrNull(10), doc);
    }
}
