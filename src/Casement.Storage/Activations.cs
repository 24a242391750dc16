using System.Text.Json;

namespace Casement.Storage;

/// <summary>What an activation gives to the nodes that register with it; unchangeable once made.</summary>
public sealed record ActivationTerms
{
    public string? Description { get; init; }

    /// <summary>The name that registered nodes get.</summary>
    public string? DefaultInstanceName { get; init; }

    /// <summary>Tags that registered nodes get.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
}

/// <summary>A permission for a number of machines to register as nodes.</summary>
/// <param name="Scope">Where the nodes come to be: an anonymous request names neither account nor region.</param>
/// <param name="CodeHash">SHA-256 of the code, hexadecimal; the code itself is shown once and not kept.</param>
/// <param name="Role">The role of the nodes, as given: a name, or path and name.</param>
/// <param name="Used">How many machines registered with it.</param>
public sealed record ActivationRow(
    string ActivationId, Scope Scope, string CodeHash, string Role, int Used, int MaxUses, long ExpiresMs, long CreatedMs, ActivationTerms Terms);

/// <summary>Activations; their ids are unique over all accounts and regions.</summary>
public static class Activations
{
    private const string Columns = "activation_id, account, region, code_hash, role, used, max_uses, expires_ms, created_ms, doc";

    public static void Insert(Tx tx, ActivationRow row) => tx.Execute(
        "INSERT INTO activations(activation_id, account, region, code_hash, role, used, max_uses, expires_ms, created_ms, doc) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
        row.ActivationId, row.Scope.Account, row.Scope.Region, row.CodeHash, row.Role, row.Used, row.MaxUses, row.ExpiresMs, row.CreatedMs,
        JsonSerializer.Serialize(row.Terms, NodeStorageJson.Default.ActivationTerms));

    /// <summary>The activation of that id in whatever account: a machine that registers knows nothing else.</summary>
    public static ActivationRow? Find(Tx tx, string activationId) =>
        tx.One($"SELECT {Columns} FROM activations WHERE activation_id=$1", Map, activationId);

    /// <summary>In order of creation, after the given one (0 and an empty id begin).</summary>
    public static List<ActivationRow> Page(Tx tx, Scope scope, long afterMs, string afterId, int limit) => tx.Page(
        $"SELECT {Columns} FROM activations WHERE account=$1 AND region=$2 AND (created_ms, activation_id) > ($3, $4) ORDER BY created_ms, activation_id LIMIT $5",
        Map, limit, scope.Account, scope.Region, afterMs, afterId);

    public static bool Delete(Tx tx, Scope scope, string activationId) => tx.Execute(
        "DELETE FROM activations WHERE account=$1 AND region=$2 AND activation_id=$3", scope.Account, scope.Region, activationId) == 1;

    /// <summary>Counts one registration; false when all are used up.</summary>
    public static bool Use(Tx tx, string activationId) =>
        tx.Execute("UPDATE activations SET used = used + 1 WHERE activation_id=$1 AND used < max_uses", activationId) == 1;

    private static ActivationRow Map(Row r) => new(
        r.Text(0), new Scope(r.Text(1), r.Text(2)), r.Text(3), r.Text(4), r.Int(5), r.Int(6), r.Long(7), r.Long(8),
        r.Doc(9, NodeStorageJson.Default.ActivationTerms, "activation", r.Text(0)));
}
