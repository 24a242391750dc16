using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Storage;

/// <summary>A window as its owner defined it; members that were never set are null.</summary>
public sealed record WindowDefinition
{
    public string? Description { get; init; }

    public string? StartDate { get; init; }

    public string? EndDate { get; init; }

    public required string Schedule { get; init; }

    public string? ScheduleTimezone { get; init; }

    public int? ScheduleOffset { get; init; }

    /// <summary>Hours, 1 to 24.</summary>
    public required int Duration { get; init; }

    /// <summary>Hours before the end after which nothing new starts, less than <see cref="Duration"/>.</summary>
    public required int Cutoff { get; init; }

    public required bool AllowUnassociatedTargets { get; init; }
}

/// <param name="NextMs">The next opening; null when disabled or never.</param>
/// <param name="ScheduleSetMs">When the schedule was last set: rates count from here, offsets look from here.</param>
/// <param name="Seq">The order of creation; 0 before it is inserted.</param>
public sealed record WindowRow(
    string WindowId, string Name, bool Enabled, long? NextMs, WindowDefinition Definition, long ScheduleSetMs, long CreatedMs, long ModifiedMs, long Version = 1,
    long Seq = 0)
{
    /// <summary>The value of the tag <see cref="Windows.RepeatedHourTag"/>; null when the window has none.</summary>
    public string? RepeatedHour { get; init; }
}

/// <summary>Window definitions of an account and region.</summary>
public static class Windows
{
    /// <summary>The kind under which windows' tags are stored.</summary>
    public const string TagKind = "window";

    /// <summary>The tag that says what a window does in an hour that clocks repeat: <c>first</c> or <c>both</c>.</summary>
    public const string RepeatedHourTag = "casement:repeated-hour";

    private const string Columns =
        $"""
        window_id, name, enabled, next_ms, doc, schedule_set_ms, created_ms, modified_ms, version, seq,
        (SELECT value FROM tags t WHERE t.account=windows.account AND t.region=windows.region AND t.kind='{TagKind}'
           AND t.resource_id=windows.window_id AND t.key='{RepeatedHourTag}')
        """;

    public static void Insert(Tx tx, Scope scope, WindowRow window)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(window);
        tx.Execute(
            "INSERT INTO windows(account, region, window_id, name, enabled, next_ms, doc, schedule_set_ms, created_ms, modified_ms) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
            scope.Account, scope.Region, window.WindowId, window.Name, window.Enabled, window.NextMs,
            JsonSerializer.Serialize(window.Definition, StorageJson.Default.WindowDefinition), window.ScheduleSetMs, window.CreatedMs, window.ModifiedMs);
    }

    /// <summary>Those of the windows that exist, in order of creation.</summary>
    public static List<WindowRow> Of(Tx tx, Scope scope, IEnumerable<string> windowIds)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(windowIds);
        return
        [
            .. windowIds.SelectMany(id => tx.All(
                $"SELECT {Columns} FROM windows WHERE account=$1 AND region=$2 AND window_id=$3", Map, scope.Account, scope.Region, id)).OrderBy(w => w.Seq),
        ];
    }

    public static WindowRow? Find(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One($"SELECT {Columns} FROM windows WHERE account=$1 AND region=$2 AND window_id=$3", Map, scope.Account, scope.Region, windowId);
    }

    /// <summary>Stores a changed window; false when the row is no longer the version that was read.</summary>
    public static bool Update(Tx tx, Scope scope, WindowRow window)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(window);
        return tx.Execute(
            """
            UPDATE windows SET name=$4, enabled=$5, next_ms=$6, held_ms=NULL, doc=$7, schedule_set_ms=$8, modified_ms=$9, version=version+1
            WHERE account=$1 AND region=$2 AND window_id=$3 AND version=$10
            """,
            scope.Account, scope.Region, window.WindowId, window.Name, window.Enabled, window.NextMs,
            JsonSerializer.Serialize(window.Definition, StorageJson.Default.WindowDefinition), window.ScheduleSetMs, window.ModifiedMs, window.Version) == 1;
    }

    /// <summary>Windows in order of creation, from after a sequence number.</summary>
    /// <param name="enabled">Only enabled or only disabled ones; null is both.</param>
    public static List<WindowRow> After(Tx tx, Scope scope, long? afterSeq, bool? enabled, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Page(
            $"SELECT {Columns} FROM windows WHERE account=$1 AND region=$2 AND seq>$3 AND ($4 IS NULL OR enabled=$4) ORDER BY seq LIMIT $5", Map,
            limit, scope.Account, scope.Region, afterSeq ?? 0L, enabled);
    }

    /// <summary>Like <see cref="After"/>, only windows whose names begin with a text, case included.</summary>
    public static List<WindowRow> AfterByPrefix(Tx tx, Scope scope, long? afterSeq, bool? enabled, string prefix, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        // names are of letters, digits and three signs, all of which sort before the tilde
        return tx.Page(
            $"""
            SELECT {Columns} FROM windows WHERE account=$1 AND region=$2 AND name>=$3 AND name<$3||'~' AND seq>$4 AND ($5 IS NULL OR enabled=$5)
            ORDER BY seq LIMIT $6
            """,
            Map, limit, scope.Account, scope.Region, prefix, afterSeq ?? 0L, enabled);
    }

    /// <summary>Windows of all accounts that are due to open and not held back, the earliest first; by id, so that one that cannot be read hides no other.</summary>
    public static List<(Scope Scope, string WindowId)> Due(Tx tx, long nowMs, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            """
            SELECT account, region, window_id FROM windows
            WHERE next_ms IS NOT NULL AND next_ms<=$1 AND (held_ms IS NULL OR held_ms<=$1) ORDER BY next_ms LIMIT $2
            """,
            r => (new Scope(r.Text(0), r.Text(1)), r.Text(2)), nowMs, (long)limit);
    }

    /// <summary>
    /// Due windows of all accounts whole, by their openings, from after a place in that order; those that are held back, or cannot be read, are
    /// left to <see cref="Due"/>.
    /// </summary>
    public static List<(Scope Scope, WindowRow? Window, long NextMs, long Seq)> DueRows(Tx tx, long nowMs, long afterNextMs, long afterSeq, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"""
            SELECT {Columns}, account, region FROM windows
            WHERE next_ms IS NOT NULL AND next_ms>=$2 AND next_ms<=$1 AND held_ms IS NULL AND (next_ms, seq)>($2, $3) ORDER BY next_ms, seq LIMIT $4
            """,
            r => (new Scope(r.Text(11), r.Text(12)), MapOrNull(r), r.Long(3), r.Long(9)), nowMs, afterNextMs, afterSeq, (long)limit);
    }

    /// <summary>
    /// Moves a window's next opening on if the window is still what was read and has no execution at work; false, and nothing changed, otherwise.
    /// </summary>
    public static bool TrySetNext(Tx tx, WindowRow read, long? nextMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(read);
        return tx.Execute(
            """
            UPDATE windows SET next_ms=$4 WHERE seq=$1 AND version=$2 AND next_ms=$3 AND held_ms IS NULL AND NOT EXISTS(
              SELECT 1 FROM executions e WHERE e.account=windows.account AND e.region=windows.region AND e.window_id=windows.window_id AND e.final=0)
            """,
            read.Seq, read.Version, read.NextMs, nextMs) == 1;
    }

    /// <summary>Keeps a window that could not be opened from being tried again before an instant; a change of it, or its opening, ends that.</summary>
    public static void Hold(Tx tx, Scope scope, string windowId, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE windows SET held_ms=$4 WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId, untilMs);
    }

    /// <summary>
    /// All windows that are not disabled, of all accounts, but for those that cannot be read: whoever opens them will say which.
    /// </summary>
    public static List<(Scope Scope, WindowRow Window)> Enabled(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return
        [
            .. tx.All($"SELECT {Columns}, account, region FROM windows WHERE enabled=1", r => (Scope: new Scope(r.Text(11), r.Text(12)), Window: MapOrNull(r)))
                .Where(found => found.Window is not null).Select(found => (found.Scope, found.Window!)),
        ];
    }

    /// <summary>The earliest next opening, or next try of one that is held back, of all windows; null when none will open.</summary>
    public static long? NextOpening(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var next = tx.One("SELECT next_ms FROM windows WHERE next_ms IS NOT NULL AND held_ms IS NULL ORDER BY next_ms LIMIT 1", r => r.LongOrNull(0));
        var held = tx.One("SELECT held_ms FROM windows WHERE held_ms IS NOT NULL AND next_ms IS NOT NULL ORDER BY held_ms LIMIT 1", r => r.LongOrNull(0));
        return next is null ? held : held is null ? next : Math.Min(next.Value, held.Value);
    }

    /// <summary>Moves a window's next opening on, inside the unit of work that opened or skipped the one before.</summary>
    public static void SetNext(Tx tx, Scope scope, string windowId, long? nextMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE windows SET next_ms=$4, held_ms=NULL WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId, nextMs);
    }

    /// <summary>Moves a window's next opening and the instant that its schedule counts from, after the clock was set back.</summary>
    public static void Rearm(Tx tx, Scope scope, WindowRow window)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(window);
        tx.Execute(
            "UPDATE windows SET next_ms=$4, held_ms=NULL, schedule_set_ms=$5, version=version+1 WHERE account=$1 AND region=$2 AND window_id=$3",
            scope.Account, scope.Region, window.WindowId, window.NextMs, window.ScheduleSetMs);
    }

    /// <summary>All windows of all accounts in order of creation, by id, so that one that cannot be read hides no other.</summary>
    public static List<(long Seq, Scope Scope, string WindowId)> AfterSeq(Tx tx, long seq, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            "SELECT seq, account, region, window_id FROM windows WHERE seq>$1 ORDER BY seq LIMIT $2",
            r => (r.Long(0), new Scope(r.Text(1), r.Text(2)), r.Text(3)), seq, (long)limit);
    }

    /// <summary>Windows that will open, by their next opening, from after a place in that order.</summary>
    public static List<WindowRow> ByOpening(Tx tx, Scope scope, long afterNextMs, long afterSeq, int limit)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Page(
            $"""
            SELECT {Columns} FROM windows WHERE account=$1 AND region=$2 AND next_ms IS NOT NULL AND (next_ms, seq)>($3, $4)
            ORDER BY next_ms, seq LIMIT $5
            """,
            Map, limit, scope.Account, scope.Region, afterNextMs, afterSeq);
    }

    public static int Count(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return (int)tx.Count("SELECT count(*) FROM windows WHERE account=$1 AND region=$2", scope.Account, scope.Region);
    }

    /// <summary>Removes a window with its targets, tasks and tags; its executions stay readable by their ids.</summary>
    public static void Delete(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM windows WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
        tx.Execute("DELETE FROM window_targets WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
        tx.Execute("DELETE FROM window_tasks WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
        tx.Execute("UPDATE executions SET window_deleted=1 WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
        Tags.Clear(tx, scope, TagKind, windowId);
    }

    private static WindowRow? MapOrNull(Row r)
    {
        try
        {
            return Map(r);
        }
        catch (UnreadableRowException)
        {
            return null;
        }
    }

    private static WindowRow Map(Row r) => new(
        r.Text(0), r.Text(1), r.Flag(2), r.LongOrNull(3), r.Doc(4, StorageJson.Default.WindowDefinition, "maintenance window", r.Text(0)),
        r.Long(5), r.Long(6), r.Long(7), r.Long(8), r.Long(9))
    {
        RepeatedHour = r.TextOrNull(10),
    };
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WindowDefinition))]
[JsonSerializable(typeof(ExecutionSnapshot))]
[JsonSerializable(typeof(TargetDefinition))]
[JsonSerializable(typeof(TaskDefinition))]
[JsonSerializable(typeof(TaskExecutionDoc))]
[JsonSerializable(typeof(InvocationDoc))]
internal sealed partial class StorageJson : JsonSerializerContext;
