namespace Casement.Storage;

/// <summary>An IAM user.</summary>
/// <param name="Path">Begins and ends with a slash.</param>
public sealed record UserRow(string Id, string Name, string Path, string? BoundaryArn, long CreatedMs);

/// <summary>IAM users: unique names ignoring case, looked up ignoring case.</summary>
public static class Users
{
    private const string Columns = "id, name, path, boundary_arn, created_ms";

    public static void Insert(Tx tx, Scope scope, UserRow user)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(user);
        tx.Execute(
            "INSERT INTO iam_users(account, name_lower, id, name, path, boundary_arn, created_ms) VALUES($1,$2,$3,$4,$5,$6,$7)",
            scope.Account, user.Name.ToLowerInvariant(), user.Id, user.Name, user.Path, user.BoundaryArn, user.CreatedMs);
    }

    public static UserRow? ByName(Tx tx, Scope scope, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.One($"SELECT {Columns} FROM iam_users WHERE account=$1 AND name_lower=$2", Map, scope.Account, name.ToLowerInvariant());
    }

    public static UserRow? ById(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One($"SELECT {Columns} FROM iam_users WHERE account=$1 AND id=$2", Map, scope.Account, id);
    }

    /// <summary>The ARN of the user with that id in whatever account, since trust policies may name users of another.</summary>
    public static string? ArnOf(Tx tx, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT 'arn:aws:iam::' || account || ':user' || path || name FROM iam_users WHERE id=$1", r => r.Text(0), id);
    }

    /// <summary>At most <paramref name="most"/> users by name, after a name in lower case, under a path.</summary>
    public static List<UserRow> Page(Tx tx, Scope scope, string pathPrefix, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {Columns} FROM iam_users WHERE account=$1 AND name_lower>$2 AND substr(path,1,length($3))=$3 ORDER BY name_lower LIMIT $4",
            Map, scope.Account, after, pathPrefix, most);
    }

    public static long Count(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Count("SELECT COUNT(*) FROM iam_users WHERE account=$1", scope.Account);
    }

    public static void Move(Tx tx, Scope scope, string id, string name, string path)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        tx.Execute(
            "UPDATE iam_users SET name=$3, name_lower=$4, path=$5, version=version+1 WHERE account=$1 AND id=$2",
            scope.Account, id, name, name.ToLowerInvariant(), path);
    }

    public static void SetBoundary(Tx tx, Scope scope, string id, string? policyArn)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE iam_users SET boundary_arn=$3, version=version+1 WHERE account=$1 AND id=$2", scope.Account, id, policyArn);
    }

    public static void Delete(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM iam_users WHERE account=$1 AND id=$2", scope.Account, id);
    }

    internal static UserRow Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3), r.Long(4));
}
