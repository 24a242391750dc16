namespace Casement.Storage;

/// <summary>Tags of windows, nodes, documents, users, roles: one row a key.</summary>
public static class Tags
{
    /// <summary>Sets the given keys, leaving others as they are.</summary>
    public static void Set(Tx tx, Scope scope, string kind, string resourceId, IEnumerable<KeyValuePair<string, string>> tags)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(tags);
        foreach (var (key, value) in tags)
        {
            tx.Execute(
                "INSERT INTO tags(account, region, kind, resource_id, key, value) VALUES($1,$2,$3,$4,$5,$6) ON CONFLICT(account, region, kind, resource_id, key) DO UPDATE SET value=excluded.value",
                scope.Account, scope.Region, kind, resourceId, key, value);
        }
    }

    /// <summary>Removes the given keys; unknown ones are no error.</summary>
    public static void Remove(Tx tx, Scope scope, string kind, string resourceId, IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            tx.Execute("DELETE FROM tags WHERE account=$1 AND region=$2 AND kind=$3 AND resource_id=$4 AND key=$5", scope.Account, scope.Region, kind, resourceId, key);
        }
    }

    /// <summary>All tags of a resource, by key.</summary>
    public static List<KeyValuePair<string, string>> Of(Tx tx, Scope scope, string kind, string resourceId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            "SELECT key, value FROM tags WHERE account=$1 AND region=$2 AND kind=$3 AND resource_id=$4 ORDER BY key",
            r => KeyValuePair.Create(r.Text(0), r.Text(1)), scope.Account, scope.Region, kind, resourceId);
    }

    /// <summary>The resources of a kind that carry a tag, whatever its value, by id.</summary>
    public static List<string> Carrying(Tx tx, Scope scope, string kind, string key)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            "SELECT resource_id FROM tags WHERE account=$1 AND region=$2 AND kind=$3 AND key=$4 ORDER BY resource_id", r => r.Text(0),
            scope.Account, scope.Region, kind, key);
    }

    /// <summary>Forgets all tags of a deleted resource.</summary>
    public static void Clear(Tx tx, Scope scope, string kind, string resourceId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM tags WHERE account=$1 AND region=$2 AND kind=$3 AND resource_id=$4", scope.Account, scope.Region, kind, resourceId);
    }
}
