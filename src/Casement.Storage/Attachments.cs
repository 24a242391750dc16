namespace Casement.Storage;

/// <summary>A user, group or role that uses a managed policy.</summary>
/// <param name="Kind">group, role or user: the order of the names is the order of listing.</param>
public sealed record PolicyUser(string Kind, string Id, string Name);

/// <summary>Which managed policies hang on which users, groups and roles, and which are boundaries.</summary>
public static class Attachments
{
    /// <summary>Attaches; a policy that hangs there already stays.</summary>
    public static void Attach(Tx tx, Scope scope, string holderId, string policyArn)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute(
            "INSERT INTO iam_attachments(account, principal_id, policy_arn) VALUES($1,$2,$3) ON CONFLICT(principal_id, policy_arn) DO NOTHING",
            scope.Account, holderId, policyArn);
    }

    /// <summary>False when the policy did not hang there.</summary>
    public static bool Detach(Tx tx, Scope scope, string holderId, string policyArn)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute("DELETE FROM iam_attachments WHERE account=$1 AND principal_id=$2 AND policy_arn=$3", scope.Account, holderId, policyArn) == 1;
    }

    /// <summary>The ARNs of a holder's policies, in the order of attaching.</summary>
    public static List<string> Of(Tx tx, Scope scope, string holderId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All("SELECT policy_arn FROM iam_attachments WHERE account=$1 AND principal_id=$2 ORDER BY rowid", r => r.Text(0), scope.Account, holderId);
    }

    /// <summary>How many users, groups and roles each attached policy hangs on.</summary>
    public static Dictionary<string, int> Counts(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
                "SELECT policy_arn, COUNT(*) FROM iam_attachments WHERE account=$1 GROUP BY policy_arn", r => (Arn: r.Text(0), Count: r.Int(1)), scope.Account)
            .ToDictionary(x => x.Arn, x => x.Count, StringComparer.Ordinal);
    }

    /// <summary>How many users and roles each policy bounds.</summary>
    public static Dictionary<string, int> BoundaryCounts(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
                """
                SELECT boundary_arn, COUNT(*) FROM (
                  SELECT boundary_arn FROM iam_users WHERE account=$1 AND boundary_arn IS NOT NULL
                  UNION ALL SELECT boundary_arn FROM iam_roles WHERE account=$1 AND boundary_arn IS NOT NULL) GROUP BY boundary_arn
                """,
                r => (Arn: r.Text(0), Count: r.Int(1)), scope.Account)
            .ToDictionary(x => x.Arn, x => x.Count, StringComparer.Ordinal);
    }

    /// <summary>Whom a policy hangs on, under a path: groups, roles, users, each by name.</summary>
    public static List<PolicyUser> HoldersOf(Tx tx, Scope scope, string policyArn, string pathPrefix)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            """
            SELECT * FROM (
              SELECT 'group' AS kind, g.id, g.name, g.name_lower, g.path FROM iam_attachments a JOIN iam_groups g ON g.id = a.principal_id
                WHERE a.account=$1 AND a.policy_arn=$2
              UNION ALL SELECT 'role', r.id, r.name, r.name_lower, r.path FROM iam_attachments a JOIN iam_roles r ON r.id = a.principal_id
                WHERE a.account=$1 AND a.policy_arn=$2
              UNION ALL SELECT 'user', u.id, u.name, u.name_lower, u.path FROM iam_attachments a JOIN iam_users u ON u.id = a.principal_id
                WHERE a.account=$1 AND a.policy_arn=$2)
            WHERE substr(path,1,length($3))=$3 ORDER BY kind, name_lower
            """,
            Map, scope.Account, policyArn, pathPrefix);
    }

    /// <summary>Whom a policy bounds, under a path: roles, users, each by name.</summary>
    public static List<PolicyUser> BoundBy(Tx tx, Scope scope, string policyArn, string pathPrefix)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All(
            """
            SELECT * FROM (
              SELECT 'role' AS kind, id, name, name_lower, path FROM iam_roles WHERE account=$1 AND boundary_arn=$2
              UNION ALL SELECT 'user', id, name, name_lower, path FROM iam_users WHERE account=$1 AND boundary_arn=$2)
            WHERE substr(path,1,length($3))=$3 ORDER BY kind, name_lower
            """,
            Map, scope.Account, policyArn, pathPrefix);
    }

    private static PolicyUser Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2));
}
