namespace Casement.Storage;

/// <summary>An IAM group.</summary>
/// <param name="Path">Begins and ends with a slash.</param>
public sealed record GroupRow(string Id, string Name, string Path, long CreatedMs);

/// <summary>IAM groups and who is in them: unique names ignoring case, looked up ignoring case.</summary>
public static class Groups
{
    private const string Columns = "id, name, path, created_ms";

    public static void Insert(Tx tx, Scope scope, GroupRow group)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(group);
        tx.Execute(
            "INSERT INTO iam_groups(account, name_lower, id, name, path, created_ms) VALUES($1,$2,$3,$4,$5,$6)",
            scope.Account, group.Name.ToLowerInvariant(), group.Id, group.Name, group.Path, group.CreatedMs);
    }

    public static GroupRow? ByName(Tx tx, Scope scope, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.One($"SELECT {Columns} FROM iam_groups WHERE account=$1 AND name_lower=$2", Map, scope.Account, name.ToLowerInvariant());
    }

    /// <summary>At most <paramref name="most"/> groups by name, after a name in lower case, under a path.</summary>
    public static List<GroupRow> Page(Tx tx, Scope scope, string pathPrefix, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {Columns} FROM iam_groups WHERE account=$1 AND name_lower>$2 AND substr(path,1,length($3))=$3 ORDER BY name_lower LIMIT $4",
            Map, scope.Account, after, pathPrefix, most);
    }

    public static long Count(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Count("SELECT COUNT(*) FROM iam_groups WHERE account=$1", scope.Account);
    }

    public static void Move(Tx tx, Scope scope, string id, string name, string path)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        tx.Execute(
            "UPDATE iam_groups SET name=$3, name_lower=$4, path=$5, version=version+1 WHERE account=$1 AND id=$2",
            scope.Account, id, name, name.ToLowerInvariant(), path);
    }

    public static void Delete(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM iam_groups WHERE account=$1 AND id=$2", scope.Account, id);
    }

    /// <summary>Puts a user into a group; one who is in it already stays.</summary>
    public static void AddMember(Tx tx, string groupId, string userId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("INSERT INTO iam_members(group_id, user_id) VALUES($1,$2) ON CONFLICT(group_id, user_id) DO NOTHING", groupId, userId);
    }

    /// <summary>False when the user was not in the group.</summary>
    public static bool RemoveMember(Tx tx, string groupId, string userId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute("DELETE FROM iam_members WHERE group_id=$1 AND user_id=$2", groupId, userId) == 1;
    }

    public static bool HasMember(Tx tx, string groupId, string userId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Any("SELECT 1 FROM iam_members WHERE group_id=$1 AND user_id=$2", groupId, userId);
    }

    public static bool HasMembers(Tx tx, string groupId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Any("SELECT 1 FROM iam_members WHERE group_id=$1", groupId);
    }

    public static long CountOfUser(Tx tx, string userId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Count("SELECT COUNT(*) FROM iam_members WHERE user_id=$1", userId);
    }

    /// <summary>At most <paramref name="most"/> members by name, after a name in lower case.</summary>
    public static List<UserRow> Members(Tx tx, string groupId, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            """
            SELECT u.id, u.name, u.path, u.boundary_arn, u.created_ms FROM iam_members m JOIN iam_users u ON u.id = m.user_id
            WHERE m.group_id=$1 AND u.name_lower>$2 ORDER BY u.name_lower LIMIT $3
            """,
            Users.Map, groupId, after, most);
    }

    /// <summary>At most <paramref name="most"/> groups of a user by name, after a name in lower case.</summary>
    public static List<GroupRow> OfUser(Tx tx, string userId, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            """
            SELECT g.id, g.name, g.path, g.created_ms FROM iam_members m JOIN iam_groups g ON g.id = m.group_id
            WHERE m.user_id=$1 AND g.name_lower>$2 ORDER BY g.name_lower LIMIT $3
            """,
            Map, userId, after, most);
    }

    private static GroupRow Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Long(3));
}
