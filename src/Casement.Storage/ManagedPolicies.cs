namespace Casement.Storage;

/// <summary>A customer managed policy.</summary>
/// <param name="Path">Begins and ends with a slash.</param>
/// <param name="DefaultVersion">The number of the version that decides.</param>
/// <param name="NextVersion">The number of the next version: numbers are never used again.</param>
public sealed record ManagedPolicyRow(string Account, string Id, string Name, string Path, int DefaultVersion, int NextVersion, long CreatedMs, long ModifiedMs)
{
    public string? Description { get; init; }

    public string Arn => $"arn:aws:iam::{Account}:policy{Path}{Name}";
}

/// <summary>One version of a customer managed policy.</summary>
public sealed record PolicyVersionRow(int Number, string Document, long CreatedMs);

/// <summary>Customer managed policies with their versions: unique names ignoring case, whatever the path.</summary>
public static class ManagedPolicies
{
    private const string Columns = "account, id, name, path, default_n, next_n, created_ms, modified_ms, description";

    /// <summary>Stores a policy together with its first version, which decides.</summary>
    public static void Insert(Tx tx, Scope scope, ManagedPolicyRow policy, string document)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        tx.Execute(
            "INSERT INTO iam_policies(account, name_lower, id, name, path, default_n, next_n, created_ms, modified_ms, description) VALUES($1,$2,$3,$4,$5,1,2,$6,$7,$8)",
            scope.Account, policy.Name.ToLowerInvariant(), policy.Id, policy.Name, policy.Path, policy.CreatedMs, policy.ModifiedMs, policy.Description);
        InsertVersion(tx, policy.Id, new PolicyVersionRow(1, document, policy.CreatedMs));
    }

    public static ManagedPolicyRow? ByName(Tx tx, Scope scope, string name)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(name);
        return tx.One($"SELECT {Columns} FROM iam_policies WHERE account=$1 AND name_lower=$2", Map, scope.Account, name.ToLowerInvariant());
    }

    /// <summary>The policy of exactly that ARN.</summary>
    public static ManagedPolicyRow? ByArn(Tx tx, Scope scope, string arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        return ByName(tx, scope, arn[(arn.LastIndexOf('/') + 1)..]) is { } policy && policy.Arn == arn ? policy : null;
    }

    /// <summary>All policies of the account, by name.</summary>
    public static List<ManagedPolicyRow> All(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All($"SELECT {Columns} FROM iam_policies WHERE account=$1 ORDER BY name_lower", Map, scope.Account);
    }

    public static long Count(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Count("SELECT COUNT(*) FROM iam_policies WHERE account=$1", scope.Account);
    }

    /// <summary>Removes a policy with all its versions.</summary>
    public static void Delete(Tx tx, Scope scope, string id)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("DELETE FROM iam_policy_versions WHERE policy_id=$1", id);
        tx.Execute("DELETE FROM iam_policies WHERE account=$1 AND id=$2", scope.Account, id);
    }

    /// <summary>Adds a version under the policy's next number.</summary>
    public static PolicyVersionRow AddVersion(Tx tx, ManagedPolicyRow policy, string document, bool makeDefault, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        var version = new PolicyVersionRow(policy.NextVersion, document, nowMs);
        InsertVersion(tx, policy.Id, version);
        tx.Execute(
            "UPDATE iam_policies SET next_n=$2, default_n=$3, modified_ms=$4, version=version+1 WHERE id=$1",
            policy.Id, version.Number + 1, makeDefault ? version.Number : policy.DefaultVersion, nowMs);
        return version;
    }

    public static void SetDefault(Tx tx, ManagedPolicyRow policy, int version, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        tx.Execute("UPDATE iam_policies SET default_n=$2, modified_ms=$3, version=version+1 WHERE id=$1", policy.Id, version, nowMs);
    }

    public static PolicyVersionRow? Version(Tx tx, ManagedPolicyRow policy, int version)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        return tx.One("SELECT n, document, created_ms FROM iam_policy_versions WHERE policy_id=$1 AND n=$2", MapVersion, policy.Id, version);
    }

    /// <summary>All versions, the newest first.</summary>
    public static List<PolicyVersionRow> Versions(Tx tx, ManagedPolicyRow policy)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        return tx.All("SELECT n, document, created_ms FROM iam_policy_versions WHERE policy_id=$1 ORDER BY n DESC", MapVersion, policy.Id);
    }

    /// <summary>False when there was no such version.</summary>
    public static bool DeleteVersion(Tx tx, ManagedPolicyRow policy, int version)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(policy);
        return tx.Execute("DELETE FROM iam_policy_versions WHERE policy_id=$1 AND n=$2", policy.Id, version) == 1;
    }

    private static void InsertVersion(Tx tx, string policyId, PolicyVersionRow version) => tx.Execute(
        "INSERT INTO iam_policy_versions(policy_id, n, document, created_ms) VALUES($1,$2,$3,$4)",
        policyId, version.Number, version.Document, version.CreatedMs);

    private static ManagedPolicyRow Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Int(4), r.Int(5), r.Long(6), r.Long(7))
    {
        Description = r.TextOrNull(8),
    };

    private static PolicyVersionRow MapVersion(Row r) => new(r.Int(0), r.Text(1), r.Long(2));
}
