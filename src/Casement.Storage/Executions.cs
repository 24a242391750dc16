using System.Collections.Immutable;
using System.Text.Json;
using Casement.Executions;
using NodaTime;

namespace Casement.Storage;

/// <summary>An execution as the state machine sees it, with what its rows say beside that.</summary>
/// <param name="Tasks">The stored task of each task execution, by its id.</param>
/// <param name="Version">The version that was read; a save under another one changes nothing.</param>
public sealed record StoredExecution(
    Scope Scope, ExecutionState State, ExecutionSnapshot Snapshot, IReadOnlyDictionary<string, TaskDefinition> Tasks, long? WakeMs, long Version);

/// <summary>An execution ready to be inserted: what costs time to write down is written down before the writer is asked.</summary>
public sealed record NewExecution
{
    private NewExecution(Scope scope, ExecutionState state, string cause, string snapshot, IReadOnlyList<string> taskDocs, long? wakeMs)
    {
        Scope = scope;
        State = state;
        Cause = cause;
        Snapshot = snapshot;
        TaskDocs = taskDocs;
        WakeMs = wakeMs;
    }

    public Scope Scope { get; }

    public ExecutionState State { get; }

    internal string Cause { get; }

    internal string Snapshot { get; }

    internal IReadOnlyList<string> TaskDocs { get; }

    internal long? WakeMs { get; }

    /// <param name="cause"><c>schedule:</c> and the instant in epoch milliseconds, or <c>manual:</c> and a request id.</param>
    /// <param name="tasks">The stored task of each task execution, by its id.</param>
    public static NewExecution Of(
        Scope scope, ExecutionState state, string cause, ExecutionSnapshot snapshot, IReadOnlyDictionary<string, TaskDefinition> tasks, long? wakeMs)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(tasks);
        return new NewExecution(
            scope, state, cause, JsonSerializer.Serialize(snapshot, StorageJson.Default.ExecutionSnapshot),
            [.. state.Tasks.Select(t => JsonSerializer.Serialize(new TaskExecutionDoc(tasks[t.TaskExecutionId], null), StorageJson.Default.TaskExecutionDoc))],
            wakeMs);
    }
}

/// <summary>Executions as the engine reads and writes them. Clients read them through <see cref="ExecutionHistory"/>.</summary>
public static class Executions
{
    /// <summary>Adds an execution with its task executions; false when this window already has one of this cause.</summary>
    public static bool TryInsert(Tx tx, NewExecution execution)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(execution);
        var state = execution.State;
        var inserted = tx.Execute(
            """
            INSERT INTO executions(account, region, execution_id, window_id, cause, occurrence_ms, status, details, start_ms, end_ms, cutoff_ms, close_ms,
              snapshot, queued, wake_ms, final)
            VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16) ON CONFLICT(account, region, window_id, cause) DO NOTHING
            """,
            execution.Scope.Account, execution.Scope.Region, state.ExecutionId, state.WindowId, execution.Cause, Ms(state.Occurrence.At), state.Status.ToWire(),
            state.Details, Ms(state.StartedAt), MsOrNull(state.EndedAt), Ms(state.Occurrence.CutoffAt), Ms(state.Occurrence.CloseAt),
            execution.Snapshot, state.Queued, execution.WakeMs, state.Status.IsFinal()) == 1;
        if (!inserted)
        {
            return false;
        }

        foreach (var (task, doc) in state.Tasks.Zip(execution.TaskDocs))
        {
            tx.Execute(
                "INSERT INTO task_executions(execution_id, task_execution_id, ordinal, task_id, priority, status, details, start_ms, end_ms, cut_off, doc) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
                state.ExecutionId, task.TaskExecutionId, task.Ordinal, task.Plan.WindowTaskId, task.Plan.Priority, task.Status.ToWire(), task.Details,
                MsOrNull(task.StartedAt), MsOrNull(task.EndedAt), (int?)task.Stop ?? 0, doc);
        }

        return true;
    }

    /// <summary>The whole aggregate; null when there is none of that id.</summary>
    public static StoredExecution? Load(Tx tx, string executionId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            """
            SELECT account, region, window_id, occurrence_ms, cutoff_ms, close_ms, status, details, start_ms, end_ms, cancel_ms, snapshot, wake_ms, version, queued
            FROM executions WHERE execution_id=$1
            """,
            r => Assemble(tx, executionId, r), executionId);
    }

    /// <summary>Writes what changed, under the version that was read; false, and nothing written, when that is no longer the version.</summary>
    public static bool Save(Tx tx, StoredExecution before, ExecutionState after, long? wakeMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var written = tx.Execute(
            """
            UPDATE executions SET status=$3, details=$4, end_ms=$5, wake_ms=$6, final=$7, queued=$8, version=version+1
            WHERE execution_id=$1 AND version=$2
            """,
            after.ExecutionId, before.Version, after.Status.ToWire(), after.Details, MsOrNull(after.EndedAt), wakeMs, after.Status.IsFinal(), after.Queued);
        if (written != 1)
        {
            return false;
        }

        for (var i = 0; i < after.Tasks.Length; i++)
        {
            SaveTask(tx, before, before.State.Tasks[i], after.Tasks[i], after.ExecutionId);
        }

        return true;
    }

    /// <summary>Executions that are due to be decided on, the longest waiting first.</summary>
    public static List<(Scope Scope, string ExecutionId)> Due(Tx tx, long nowMs, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            "SELECT account, region, execution_id FROM executions WHERE wake_ms IS NOT NULL AND wake_ms<=$1 ORDER BY wake_ms LIMIT $2",
            r => (new Scope(r.Text(0), r.Text(1)), r.Text(2)), nowMs, limit);
    }

    /// <summary>Lets an execution that is due, and cannot be decided on, be looked at later.</summary>
    public static void PutOff(Tx tx, string executionId, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE executions SET wake_ms=$2, version=version+1 WHERE execution_id=$1 AND wake_ms<$2", executionId, untilMs);
    }

    /// <summary>The earliest instant at which an execution must be decided on.</summary>
    public static long? NextWake(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT min(wake_ms) FROM executions WHERE wake_ms IS NOT NULL", r => r.LongOrNull(0));
    }

    /// <summary>An execution of the window that has not ended; null when there is none.</summary>
    public static string? Active(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            "SELECT execution_id FROM executions WHERE account=$1 AND region=$2 AND window_id=$3 AND final=0 LIMIT 1", r => r.Text(0),
            scope.Account, scope.Region, windowId);
    }

    /// <summary>How many executions of an account and region work, and which wait for the quota.</summary>
    public static (int Active, List<QueuedExecution> Waiting) Load(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var open = tx.All(
            "SELECT execution_id, occurrence_ms, queued FROM executions WHERE account=$1 AND region=$2 AND final=0",
            r => (Execution: new QueuedExecution(r.Text(0), Instant.FromUnixTimeMilliseconds(r.Long(1))), Waits: r.Flag(2)), scope.Account, scope.Region);
        return (open.Count(o => !o.Waits), [.. open.Where(o => o.Waits).Select(o => o.Execution)]);
    }

    /// <summary>Accounts and regions in which executions wait for the quota.</summary>
    public static List<Scope> ScopesThatWait(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All("SELECT DISTINCT account, region FROM executions WHERE final=0 AND queued=1", r => new Scope(r.Text(0), r.Text(1)));
    }

    /// <summary>Stores the request that an invocation was started with, for its readers.</summary>
    public static void SetParameters(Tx tx, string invocationId, string json)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE invocations SET parameters=$2 WHERE invocation_id=$1", invocationId, json);
    }

    private static StoredExecution Assemble(Tx tx, string executionId, Row r)
    {
        var snapshot = r.Doc(11, StorageJson.Default.ExecutionSnapshot, "execution", executionId);
        WireNames.TryFromWire(r.Text(6), out ExecutionStatus status);
        var definitions = new Dictionary<string, TaskDefinition>(StringComparer.Ordinal);
        var tasks = ImmutableArray.CreateBuilder<TaskState>();
        foreach (var row in tx.All(
            "SELECT task_execution_id, ordinal, task_id, status, details, start_ms, end_ms, cut_off, doc FROM task_executions WHERE execution_id=$1 ORDER BY ordinal",
            TaskRow, executionId))
        {
            definitions.Add(row.Id, row.Task);
            tasks.Add(row.State(TaskPlan.Of(row.TaskId, row.Task, snapshot.Targets), InvocationsOf(tx, executionId, row.Id)));
        }

        var state = new ExecutionState
        {
            ExecutionId = executionId,
            WindowId = r.Text(2),
            Occurrence = new Occurrence(At(r.Long(3)), At(r.Long(4)), At(r.Long(5))),
            StartedAt = At(r.LongOrNull(8) ?? r.Long(3)),
            Opening = snapshot.ToOpening(),
            Queued = r.Flag(14),
            CancelRequestedAt = r.LongOrNull(10) is { } cancel ? At(cancel) : null,
            EndedAt = r.LongOrNull(9) is { } end ? At(end) : null,
            Status = status,
            Details = r.TextOrNull(7),
            Tasks = tasks.ToImmutable(),
        };
        return new StoredExecution(new Scope(r.Text(0), r.Text(1)), state, snapshot, definitions, r.LongOrNull(12), r.Long(13));
    }

    private static StoredTask TaskRow(Row r) => new(
        r.Text(0), r.Int(1), r.Text(2), r.Text(3), r.TextOrNull(4), r.LongOrNull(5), r.LongOrNull(6), r.Int(7),
        r.Doc(8, StorageJson.Default.TaskExecutionDoc, "task execution", r.Text(0)).Task);

    private static ImmutableArray<InvocationState> InvocationsOf(Tx tx, string executionId, string taskExecutionId) =>
    [
        .. tx.All(
            "SELECT invocation_id, ordinal, command_id, target_id, doc FROM invocations WHERE execution_id=$1 AND task_execution_id=$2 ORDER BY ordinal",
            r =>
            {
                var doc = r.Doc(4, StorageJson.Default.InvocationDoc, "invocation", r.Text(0));
                return new InvocationState(
                    r.Text(0), r.Int(1), r.TextOrNull(2), new PlannedTarget(r.TextOrNull(3), doc.OwnerInformation), doc.Progress!.ToProgress());
            },
            executionId, taskExecutionId),
    ];

    private static void SaveTask(Tx tx, StoredExecution execution, TaskState before, TaskState after, string executionId)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        tx.Execute(
            "UPDATE task_executions SET status=$2, details=$3, start_ms=$4, end_ms=$5, cut_off=$6 WHERE task_execution_id=$1",
            after.TaskExecutionId, after.Status.ToWire(), after.Details, MsOrNull(after.StartedAt), MsOrNull(after.EndedAt), (int?)after.Stop ?? 0);
        for (var i = 0; i < after.Invocations.Length; i++)
        {
            if (i >= before.Invocations.Length || !ReferenceEquals(before.Invocations[i], after.Invocations[i]))
            {
                SaveInvocation(tx, execution.Tasks[after.TaskExecutionId].TaskType, after, after.Invocations[i], executionId);
            }
        }
    }

    private static void SaveInvocation(Tx tx, string taskType, TaskState task, InvocationState invocation, string executionId)
    {
        var doc = new InvocationDoc(taskType, invocation.Target.OwnerInformation) { Progress = ProgressDoc.Of(invocation.Progress) };
        tx.Execute(
            """
            INSERT INTO invocations(task_execution_id, invocation_id, execution_id, ordinal, target_id, command_id, status, details, start_ms, end_ms, doc)
            VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)
            ON CONFLICT(invocation_id) DO UPDATE SET status=excluded.status, details=excluded.details, start_ms=excluded.start_ms,
              end_ms=excluded.end_ms, doc=excluded.doc
            """,
            task.TaskExecutionId, invocation.InvocationId, executionId, invocation.Ordinal, invocation.Target.WindowTargetId, invocation.CommandId,
            invocation.Status.ToWire(), invocation.Details, MsOrNull(invocation.StartedAt), MsOrNull(invocation.EndedAt),
            JsonSerializer.Serialize(doc, StorageJson.Default.InvocationDoc));
    }

    private static long Ms(Instant instant) => instant.ToUnixTimeMilliseconds();

    private static long? MsOrNull(Instant? instant) => instant?.ToUnixTimeMilliseconds();

    private static Instant At(long ms) => Instant.FromUnixTimeMilliseconds(ms);

    private sealed record StoredTask(
        string Id, int Ordinal, string TaskId, string Status, string? Details, long? StartMs, long? EndMs, int Stop, TaskDefinition Task)
    {
        public TaskState State(PlannedTask plan, ImmutableArray<InvocationState> invocations)
        {
            WireNames.TryFromWire(Status, out ExecutionStatus status);
            return new TaskState
            {
                TaskExecutionId = Id,
                Ordinal = Ordinal,
                Plan = plan,
                StartedAt = StartMs is { } start ? At(start) : null,
                EndedAt = EndMs is { } end ? At(end) : null,
                Stop = Stop == 0 ? null : (TaskStop)Stop,
                Invocations = invocations,
                Status = status,
                Details = Details,
            };
        }
    }
}
