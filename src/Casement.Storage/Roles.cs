namespace Casement.Storage;

/// <summary>An IAM role.</summary>
/// <param name="Path">Begins and ends with a slash.</param>
/// <param name="Trust">The trust policy; users and roles of this server stand in it by their unique ids.</param>
/// <param name="MaxSessionSeconds">3,600 to 43,200.</param>
public sealed record RoleRow(string Id, string Name, string Path, string Trust, int MaxSessionSeconds, long CreatedMs)
{
    public string? Description { get; init; }

    public string? BoundaryArn { get; init; }
}

/// <summary>IAM roles: unique names ignoring case, looked up ignoring case.</summary>
public static class Roles
{
    private const string Columns = "id, name, path, trust, max_session_s, created_ms, description, boundary_arn";

    public static void Insert(Tx tx, Scope scope, RoleRow role)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(role);
        tx.Execute(
            "INSERT INTO iam_roles(account, name_lower, id, name, path, trust, max_session_s, created_ms, description, boundary_arn) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
            scope.Account, role.Name.ToLowerInvariant(), role.Id, role.Name, role.Path, role.Trust, role.MaxSessionSeconds, role.CreatedMs,
            role.Description, role.BoundaryArn);
    }

    public static RoleRow? ByName(Tx tx, Scope scope, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.One($"SELECT {Columns} FROM iam_roles WHERE account=$1 AND name_lower=$2", Map, scope.Account, name.ToLowerInvariant());
    }

    public static RoleRow? ById(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One($"SELECT {Columns} FROM iam_roles WHERE account=$1 AND id=$2", Map, scope.Account, id);
    }

    /// <summary>The ARN of the role with that id in whatever account, since trust policies may name roles of another.</summary>
    public static string? ArnOf(Tx tx, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT 'arn:aws:iam::' || account || ':role' || path || name FROM iam_roles WHERE id=$1", r => r.Text(0), id);
    }

    /// <summary>At most <paramref name="most"/> roles by name, after a name in lower case, under a path.</summary>
    public static List<RoleRow> Page(Tx tx, Scope scope, string pathPrefix, string after, int most)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            $"SELECT {Columns} FROM iam_roles WHERE account=$1 AND name_lower>$2 AND substr(path,1,length($3))=$3 ORDER BY name_lower LIMIT $4",
            Map, scope.Account, after, pathPrefix, most);
    }

    public static long Count(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Count("SELECT COUNT(*) FROM iam_roles WHERE account=$1", scope.Account);
    }

    public static void SetTrust(Tx tx, Scope scope, string id, string trust)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE iam_roles SET trust=$3, version=version+1 WHERE account=$1 AND id=$2", scope.Account, id, trust);
    }

    public static void Describe(Tx tx, Scope scope, string id, string? description, int maxSessionSeconds)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute(
            "UPDATE iam_roles SET description=$3, max_session_s=$4, version=version+1 WHERE account=$1 AND id=$2",
            scope.Account, id, description, maxSessionSeconds);
    }

    public static void SetBoundary(Tx tx, Scope scope, string id, string? policyArn)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE iam_roles SET boundary_arn=$3, version=version+1 WHERE account=$1 AND id=$2", scope.Account, id, policyArn);
    }

    public static void Delete(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM iam_roles WHERE account=$1 AND id=$2", scope.Account, id);
    }

    private static RoleRow Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Int(4), r.Long(5))
    {
        Description = r.TextOrNull(6),
        BoundaryArn = r.TextOrNull(7),
    };
}
