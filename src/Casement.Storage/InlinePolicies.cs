namespace Casement.Storage;

/// <summary>A policy embedded in a user, group or role.</summary>
public sealed record InlinePolicyRow(string Name, string Document);

/// <summary>Policies embedded in users, groups and roles: a holder's id and a name that is unique ignoring case.</summary>
public static class InlinePolicies
{
    /// <summary>Writes a policy, or overwrites the one of that name.</summary>
    public static void Put(Tx tx, string holderId, string name, string document)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        tx.Execute(
            "INSERT INTO iam_inline(principal_id, name_lower, name, document) VALUES($1,$2,$3,$4) ON CONFLICT(principal_id, name_lower) DO UPDATE SET name=excluded.name, document=excluded.document",
            holderId, name.ToLowerInvariant(), name, document);
    }

    public static InlinePolicyRow? Find(Tx tx, string holderId, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.One("SELECT name, document FROM iam_inline WHERE principal_id=$1 AND name_lower=$2", Map, holderId, name.ToLowerInvariant());
    }

    /// <summary>False when there was none of that name.</summary>
    public static bool Delete(Tx tx, string holderId, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.Execute("DELETE FROM iam_inline WHERE principal_id=$1 AND name_lower=$2", holderId, name.ToLowerInvariant()) == 1;
    }

    /// <summary>All of a holder, by name.</summary>
    public static List<InlinePolicyRow> Of(Tx tx, string holderId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All("SELECT name, document FROM iam_inline WHERE principal_id=$1 ORDER BY name_lower", Map, holderId);
    }

    /// <summary>At most <paramref name="most"/> names, after a name in lower case.</summary>
    public static List<string> Names(Tx tx, string holderId, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            "SELECT name FROM iam_inline WHERE principal_id=$1 AND name_lower>$2 ORDER BY name_lower LIMIT $3", r => r.Text(0), holderId, after, most);
    }

    public static bool Any(Tx tx, string holderId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Any("SELECT 1 FROM iam_inline WHERE principal_id=$1", holderId);
    }

    private static InlinePolicyRow Map(Row r) => new(r.Text(0), r.Text(1));
}
