namespace Casement.Storage;

/// <summary>A policy as it applies to a principal, before it is compiled.</summary>
/// <param name="Arn">The managed policy's ARN; null for an inline policy.</param>
/// <param name="Name">The inline policy's name; null for a managed one.</param>
/// <param name="Group">The group through which a user has it; null when the principal has it itself.</param>
/// <param name="Document">The text; null for managed policies that AWS publishes, which are not stored.</param>
public sealed record PolicyText(string? Arn, string? Name, string? Group, string? Document);

/// <summary>All policies that apply to a user or role.</summary>
public static class PolicyTexts
{
    /// <summary>Own and, for a user, all its groups' policies, inline and attached.</summary>
    public static List<PolicyText> Of(Tx tx, Scope scope, string principalId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var texts = OfHolder(tx, scope, principalId, null);
        var groups = tx.All(
            "SELECT g.id, g.name FROM iam_members m JOIN iam_groups g ON g.id = m.group_id WHERE m.user_id=$1 AND g.account=$2 ORDER BY g.name_lower",
            r => (Id: r.Text(0), Name: r.Text(1)), principalId, scope.Account);
        foreach (var (id, name) in groups)
        {
            texts.AddRange(OfHolder(tx, scope, id, name));
        }

        return texts;
    }

    /// <summary>The default version of a customer managed policy, by ARN; null when there is none.</summary>
    public static string? Managed(Tx tx, Scope scope, string policyArn)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policyArn);
        var name = policyArn[(policyArn.LastIndexOf('/') + 1)..];
        return tx.One(
            """
            SELECT v.document, 'arn:aws:iam::' || p.account || ':policy' || p.path || p.name FROM iam_policies p
            JOIN iam_policy_versions v ON v.policy_id = p.id AND v.n = p.default_n WHERE p.account=$1 AND p.name_lower=$2
            """,
            r => r.Text(1) == policyArn ? r.Text(0) : null, scope.Account, name.ToLowerInvariant());
    }

    private static List<PolicyText> OfHolder(Tx tx, Scope scope, string holderId, string? group)
    {
        var texts = tx.All(
            "SELECT name, document FROM iam_inline WHERE principal_id=$1 ORDER BY name_lower",
            r => new PolicyText(null, r.Text(0), group, r.Text(1)), holderId);
        foreach (var arn in tx.All("SELECT policy_arn FROM iam_attachments WHERE principal_id=$1 ORDER BY rowid", r => r.Text(0), holderId))
        {
            texts.Add(new PolicyText(arn, null, group, Managed(tx, scope, arn)));
        }

        return texts;
    }
}
