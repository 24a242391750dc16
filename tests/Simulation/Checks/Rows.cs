using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Casement.Simulation.Tests.Checks;

/// <summary>A window's row at one commit.</summary>
internal sealed record WindowSnap(
    string Id, bool Enabled, long? NextMs, long ScheduleSetMs, long ModifiedMs, long Version, string Schedule, string Zone, int Offset, int Duration, int Cutoff)
{
    public bool SchedulesAs(WindowSnap other) =>
        (Schedule, Zone, Offset, Enabled, ScheduleSetMs) == (other.Schedule, other.Zone, other.Offset, other.Enabled, other.ScheduleSetMs);
}

/// <summary>An execution's rows at one commit.</summary>
internal sealed record ExecutionSnap(
    string Id, string WindowId, string Cause, long OccurrenceMs, string Status, string? Details, long? StartMs, long? EndMs, long CutoffMs, long CloseMs,
    long? CancelMs, long? WakeMs, bool Queued, bool Final, IReadOnlyList<TaskSnap> Tasks)
{
    public bool WasMissed => Details == "Casement was not running between the start and the cutoff of this occurrence.";

    public bool WasSkipped => Status == "SKIPPED_OVERLAPPING";

    public bool Opened => !WasMissed && !WasSkipped;
}

internal sealed record TaskSnap(
    string Id, int Ordinal, TaskTerms Terms, string Status, string? Details, long? StartMs, long? EndMs, IReadOnlyList<InvocationSnap> Invocations);

/// <summary>What a task said at the opening.</summary>
/// <param name="Targets">How many targets it had.</param>
internal sealed record TaskTerms(int Priority, string Type, bool CancelsAtCutoff, string MaxErrors, bool HasTargets, int Targets);

internal sealed record InvocationSnap(string Id, int Ordinal, string? CommandId, string Status, string? Details, long? StartMs, long? EndMs, int Kind, int Cancel)
{
    public bool Final => EndMs is not null;

    public bool HasCommand => Kind is 2 or 4;

    public bool Refused => Kind == 3;

    /// <summary>Runs, and nobody has asked it to stop.</summary>
    public bool RunsOn => (Kind, Cancel) == (2, 1);
}

internal sealed record CommandSnap(
    string Id, string? InvocationId, string Status, string Details, int Targets, int Completed, int Errors, int NotDelivered, bool Final, long RequestedMs,
    string MaxConcurrency, string MaxErrors, bool CancelRequested, IReadOnlyList<NodeSnap> Nodes);

/// <summary>A command on one node. Outcomes by the numbers that are stored.</summary>
internal sealed record NodeSnap(string NodeId, int Ordinal, int? Outcome, long? SentMs, long? AckedMs, long? CancelMs, long? DeadlineMs, long? EndMs)
{
    public const int Success = 1;
    public const int Failed = 2;
    public const int ExecutionTimedOut = 3;
    public const int DeliveryTimedOut = 4;
    public const int Cancelled = 8;
    public const int Terminated = 9;

    public bool IsError => Outcome is Failed or ExecutionTimedOut;

    public bool InFlight => SentMs is not null && Outcome is null;
}

/// <summary>Reads rows as they lie in the file, by SQL of its own: none of the product's stores has a part in it.</summary>
internal sealed class Rows : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskTerms> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string MaxConcurrency, string MaxErrors)> _limits = new(StringComparer.Ordinal);
    private long _seen;

    public Rows(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
    }

    /// <summary>What commits have touched since the last time, each once.</summary>
    public List<(string Kind, string Id)> Touched()
    {
        var touched = All("SELECT seq, kind, id FROM touched WHERE seq>$1 ORDER BY seq", r => (Seq: r.GetInt64(0), Kind: r.GetString(1), Id: r.GetString(2)), _seen);
        _seen = touched.Count == 0 ? _seen : touched[^1].Seq;
        return [.. touched.Select(t => (t.Kind, t.Id)).Distinct()];
    }

    public WindowSnap? Window(string id) => All(
        "SELECT window_id, enabled, next_ms, schedule_set_ms, modified_ms, version, doc FROM windows WHERE window_id=$1",
        r =>
        {
            using var doc = JsonDocument.Parse(r.GetString(6));
            var root = doc.RootElement;
            return new WindowSnap(
                r.GetString(0), r.GetInt64(1) != 0, LongOrNull(r, 2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5), root.GetProperty("Schedule").GetString()!,
                root.TryGetProperty("ScheduleTimezone", out var zone) ? zone.GetString()! : "UTC",
                root.TryGetProperty("ScheduleOffset", out var offset) ? offset.GetInt32() : 0, root.GetProperty("Duration").GetInt32(),
                root.GetProperty("Cutoff").GetInt32());
        },
        id).FirstOrDefault();

    public ExecutionSnap? Execution(string id) => All(
        """
        SELECT execution_id, window_id, cause, occurrence_ms, status, details, start_ms, end_ms, cutoff_ms, close_ms, cancel_ms, wake_ms, queued, final, snapshot
        FROM executions WHERE execution_id=$1
        """,
        r => new ExecutionSnap(
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetString(4), TextOrNull(r, 5), LongOrNull(r, 6), LongOrNull(r, 7), r.GetInt64(8),
            r.GetInt64(9), LongOrNull(r, 10), LongOrNull(r, 11), r.GetInt64(12) != 0, r.GetInt64(13) != 0, Tasks(id, r.GetString(14))),
        id).FirstOrDefault();

    public CommandSnap? Command(string id) => All(
        """
        SELECT command_id, invocation_id, status, details, targets, completed, errors, not_delivered, final, requested_ms, doc, progress
        FROM commands WHERE command_id=$1
        """,
        r =>
        {
            if (!_limits.TryGetValue(id, out var limits))
            {
                using var doc = JsonDocument.Parse(r.GetString(10));
                _limits[id] = limits = (doc.RootElement.GetProperty("MaxConcurrency").GetString()!, doc.RootElement.GetProperty("MaxErrors").GetString()!);
            }

            var cancelled = r.GetString(11).Contains("\"CancelRequested\":true", StringComparison.Ordinal);
            return new CommandSnap(
                r.GetString(0), TextOrNull(r, 1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetInt32(5), r.GetInt32(6), r.GetInt32(7), r.GetInt64(8) != 0,
                r.GetInt64(9), limits.MaxConcurrency, limits.MaxErrors, cancelled, Nodes(id));
        },
        id).FirstOrDefault();

    public List<string> Texts(string sql, object? argument = null) => All(sql, r => r.GetString(0), argument);

    private List<NodeSnap> Nodes(string commandId) => All(
        "SELECT node_id, ordinal, outcome, sent_ms, acked_ms, cancel_ms, deadline_ms, end_ms FROM command_invocations WHERE command_id=$1 ORDER BY ordinal",
        r => new NodeSnap(
            r.GetString(0), r.GetInt32(1), (int?)LongOrNull(r, 2), LongOrNull(r, 3), LongOrNull(r, 4), LongOrNull(r, 5), LongOrNull(r, 6), LongOrNull(r, 7)),
        commandId);

    private List<TaskSnap> Tasks(string executionId, string snapshot)
    {
        var tasks = All(
            "SELECT task_execution_id, ordinal, priority, status, details, start_ms, end_ms, doc FROM task_executions WHERE execution_id=$1 ORDER BY ordinal",
            r => new TaskSnap(
                r.GetString(0), r.GetInt32(1), TermsOf(r.GetString(0), r.GetInt32(2), r.GetString(7), snapshot), r.GetString(3), TextOrNull(r, 4), LongOrNull(r, 5),
                LongOrNull(r, 6), []),
            executionId);
        if (tasks.Count == 0)
        {
            return tasks;
        }

        var invocations = All(
            "SELECT task_execution_id, invocation_id, ordinal, command_id, status, details, start_ms, end_ms, doc FROM invocations WHERE execution_id=$1 ORDER BY ordinal",
            r => (Task: r.GetString(0), Snap: new InvocationSnap(
                r.GetString(1), r.GetInt32(2), TextOrNull(r, 3), r.GetString(4), TextOrNull(r, 5), LongOrNull(r, 6), LongOrNull(r, 7), ProgressOf(r.GetString(8)).Kind,
                ProgressOf(r.GetString(8)).Cancel)),
            executionId);
        return [.. tasks.Select(t => t with { Invocations = [.. invocations.Where(i => i.Task == t.Id).Select(i => i.Snap)] })];
    }

    private TaskTerms TermsOf(string id, int priority, string json, string snapshot)
    {
        if (_terms.TryGetValue(id, out var known))
        {
            return known;
        }

        using var doc = JsonDocument.Parse(json);
        using var opened = JsonDocument.Parse(snapshot);
        var task = doc.RootElement.GetProperty("Task");
        var registered = opened.RootElement.GetProperty("Targets").EnumerateArray().Select(t => t.GetProperty("TargetId").GetString()).ToHashSet();
        var selectors = task.GetProperty("Targets").EnumerateArray().ToList();
        var named = selectors.Where(s => s.GetProperty("Key").GetString() == "WindowTargetIds").SelectMany(s => s.GetProperty("Values").EnumerateArray())
            .Select(v => v.GetString()).Distinct().Count(registered.Contains);
        var others = selectors.Any(s => s.GetProperty("Key").GetString() != "WindowTargetIds") ? 1 : 0;
        return _terms[id] = new TaskTerms(
            priority, task.GetProperty("TaskType").GetString()!,
            task.TryGetProperty("CutoffBehavior", out var behavior) && behavior.GetString() == "CANCEL_TASK", task.GetProperty("MaxErrors").GetString()!,
            selectors.Count > 0, selectors.Count == 0 ? 1 : named + others);
    }

    private static (int Kind, int Cancel) ProgressOf(string json)
    {
        using var doc = JsonDocument.Parse(json);
        var progress = doc.RootElement.GetProperty("Progress");
        return (progress.GetProperty("Kind").GetInt32(), progress.GetProperty("Cancel").GetInt32());
    }

    private List<T> All<T>(string sql, Func<SqliteDataReader, T> map, object? argument = null)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            _commands[sql] = command = _connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$1", DBNull.Value);
        }

        command.Parameters[0].Value = argument ?? DBNull.Value;
        command.Parameters[0].ResetSqliteType();
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    private static long? LongOrNull(SqliteDataReader r, int column) => r.IsDBNull(column) ? null : r.GetInt64(column);

    private static string? TextOrNull(SqliteDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }
}
