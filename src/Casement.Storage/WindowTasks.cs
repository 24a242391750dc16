using System.Text.Json;

namespace Casement.Storage;

/// <param name="Seq">The order of registration; 0 before it is inserted.</param>
public sealed record WindowTaskRow(string WindowId, string TaskId, TaskDefinition Definition, long Seq = 0, long Version = 1);

/// <summary>Tasks registered with windows.</summary>
public static class WindowTasks
{
    private const string Columns = "window_id, task_id, doc, seq, version";

    public static void Insert(Tx tx, Scope scope, WindowTaskRow task)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(task);
        tx.Execute(
            "INSERT INTO window_tasks(account, region, window_id, task_id, priority, role_arn, doc) VALUES($1,$2,$3,$4,$5,$6,$7)",
            scope.Account, scope.Region, task.WindowId, task.TaskId, task.Definition.Priority, task.Definition.ServiceRoleArn,
            JsonSerializer.Serialize(task.Definition, StorageJson.Default.TaskDefinition));
    }

    /// <summary>Stores a changed definition; false when the row is no longer the version that was read.</summary>
    public static bool Update(Tx tx, Scope scope, WindowTaskRow task)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(task);
        return tx.Execute(
            """
            UPDATE window_tasks SET priority=$5, role_arn=$6, doc=$7, version=version+1
            WHERE account=$1 AND region=$2 AND window_id=$3 AND task_id=$4 AND version=$8
            """,
            scope.Account, scope.Region, task.WindowId, task.TaskId, task.Definition.Priority, task.Definition.ServiceRoleArn,
            JsonSerializer.Serialize(task.Definition, StorageJson.Default.TaskDefinition), task.Version) == 1;
    }

    /// <summary>Removes a task; false when there is none.</summary>
    public static bool Delete(Tx tx, Scope scope, string windowId, string taskId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute(
            "DELETE FROM window_tasks WHERE account=$1 AND region=$2 AND window_id=$3 AND task_id=$4", scope.Account, scope.Region, windowId, taskId) == 1;
    }

    public static WindowTaskRow? Find(Tx tx, Scope scope, string windowId, string taskId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            $"SELECT {Columns} FROM window_tasks WHERE account=$1 AND region=$2 AND window_id=$3 AND task_id=$4", Map, scope.Account, scope.Region, windowId, taskId);
    }

    public static int Count(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return (int)tx.Count("SELECT count(*) FROM window_tasks WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
    }

    /// <summary>All tasks of a window, in order of registration: a window has at most twenty or so.</summary>
    public static List<WindowTaskRow> Of(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {Columns} FROM window_tasks WHERE account=$1 AND region=$2 AND window_id=$3 ORDER BY seq", Map, scope.Account, scope.Region, windowId);
    }

    /// <summary>The tasks of all windows.</summary>
    public static List<WindowTaskRow> All(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All($"SELECT {Columns} FROM window_tasks WHERE account=$1 AND region=$2 ORDER BY seq", Map, scope.Account, scope.Region);
    }

    private static WindowTaskRow Map(Row r) => new(
        r.Text(0), r.Text(1), r.Doc(2, StorageJson.Default.TaskDefinition, "task", r.Text(1)), r.Long(3), r.Long(4));
}
