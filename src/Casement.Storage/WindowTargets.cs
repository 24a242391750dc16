using System.Text.Json;

namespace Casement.Storage;

/// <summary>One entry of a list of targets: nodes by id or tag, a resource group, or registered targets.</summary>
/// <param name="Key">
/// <c>InstanceIds</c>, <c>tag:&lt;key&gt;</c>, <c>tag-key</c>, <c>resource-groups:Name</c>,
/// <c>resource-groups:ResourceTypeFilters</c>; on tasks <c>WindowTargetIds</c> and <c>InstanceIds</c>.
/// </param>
/// <param name="Values">Any of these; of <c>tag-key</c> all. Several entries must all hold.</param>
public sealed record TargetSelector(string Key, IReadOnlyList<string> Values);

/// <summary>A registered target as its owner defined it; members that were never set are null.</summary>
public sealed record TargetDefinition
{
    /// <summary><c>INSTANCE</c> or <c>RESOURCE_GROUP</c>; fixed for the target's life.</summary>
    public required string ResourceType { get; init; }

    public required IReadOnlyList<TargetSelector> Targets { get; init; }

    /// <summary>Carried into the results of invocations.</summary>
    public string? OwnerInformation { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }
}

/// <param name="Seq">The order of registration; 0 before it is inserted.</param>
public sealed record WindowTargetRow(string WindowId, string TargetId, TargetDefinition Definition, long Seq = 0, long Version = 1);

/// <summary>Targets registered with windows.</summary>
public static class WindowTargets
{
    private const string Columns = "window_id, target_id, doc, seq, version";

    public static void Insert(Tx tx, Scope scope, WindowTargetRow target)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(target);
        tx.Execute(
            "INSERT INTO window_targets(account, region, window_id, target_id, doc) VALUES($1,$2,$3,$4,$5)",
            scope.Account, scope.Region, target.WindowId, target.TargetId, JsonSerializer.Serialize(target.Definition, StorageJson.Default.TargetDefinition));
    }

    /// <summary>Stores a changed definition; false when the row is no longer the version that was read.</summary>
    public static bool Update(Tx tx, Scope scope, WindowTargetRow target)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(target);
        return tx.Execute(
            "UPDATE window_targets SET doc=$5, version=version+1 WHERE account=$1 AND region=$2 AND window_id=$3 AND target_id=$4 AND version=$6",
            scope.Account, scope.Region, target.WindowId, target.TargetId,
            JsonSerializer.Serialize(target.Definition, StorageJson.Default.TargetDefinition), target.Version) == 1;
    }

    /// <summary>Removes a target; false when there is none.</summary>
    public static bool Delete(Tx tx, Scope scope, string windowId, string targetId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute(
            "DELETE FROM window_targets WHERE account=$1 AND region=$2 AND window_id=$3 AND target_id=$4", scope.Account, scope.Region, windowId, targetId) == 1;
    }

    public static WindowTargetRow? Find(Tx tx, Scope scope, string windowId, string targetId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One(
            $"SELECT {Columns} FROM window_targets WHERE account=$1 AND region=$2 AND window_id=$3 AND target_id=$4", Map,
            scope.Account, scope.Region, windowId, targetId);
    }

    public static int Count(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return (int)tx.Count("SELECT count(*) FROM window_targets WHERE account=$1 AND region=$2 AND window_id=$3", scope.Account, scope.Region, windowId);
    }

    /// <summary>All targets of a window, in order of registration: a window has at most a hundred or so.</summary>
    public static List<WindowTargetRow> Of(Tx tx, Scope scope, string windowId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {Columns} FROM window_targets WHERE account=$1 AND region=$2 AND window_id=$3 ORDER BY seq", Map, scope.Account, scope.Region, windowId);
    }

    /// <summary>The targets of all windows.</summary>
    public static List<WindowTargetRow> All(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All($"SELECT {Columns} FROM window_targets WHERE account=$1 AND region=$2 ORDER BY seq", Map, scope.Account, scope.Region);
    }

    private static WindowTargetRow Map(Row r) => new(
        r.Text(0), r.Text(1), r.Doc(2, StorageJson.Default.TargetDefinition, "target", r.Text(1)), r.Long(3), r.Long(4));
}
