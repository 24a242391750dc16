namespace Casement.Storage;

/// <summary>A long-term key. The secret rests encrypted.</summary>
public sealed record AccessKeyRow(string KeyId, string Account, string UserId, string Status, byte[] Secret, string MasterKeyId, long CreatedMs)
{
    public long? LastUsedMs { get; init; }

    public string? LastUsedRegion { get; init; }

    public string? LastUsedService { get; init; }

    public bool Active => Status == "Active";
}

/// <summary>Access keys of users; a key id is unique over all accounts.</summary>
public static class AccessKeys
{
    private const string Columns = "key_id, account, user_id, status, secret_ct, master_kid, created_ms, last_used_ms, last_used_region, last_used_service";

    public static void Insert(Tx tx, AccessKeyRow key)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(key);
        tx.Execute(
            "INSERT INTO access_keys(key_id, account, user_id, status, secret_ct, master_kid, created_ms) VALUES($1,$2,$3,$4,$5,$6,$7)",
            key.KeyId, key.Account, key.UserId, key.Status, key.Secret, key.MasterKeyId, key.CreatedMs);
    }

    /// <summary>The key of that id in whatever account: a credential decides its account.</summary>
    public static AccessKeyRow? Find(Tx tx, string keyId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One($"SELECT {Columns} FROM access_keys WHERE key_id=$1", Map, keyId);
    }

    /// <summary>The latest key of all accounts; null before the first start.</summary>
    public static AccessKeyRow? Latest(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One($"SELECT {Columns} FROM access_keys ORDER BY rowid DESC LIMIT 1", Map);
    }

    public static List<AccessKeyRow> OfUser(Tx tx, Scope scope, string userId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.All($"SELECT {Columns} FROM access_keys WHERE account=$1 AND user_id=$2 ORDER BY created_ms, key_id", Map, scope.Account, userId);
    }

    public static bool SetStatus(Tx tx, Scope scope, string userId, string keyId, string status)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute("UPDATE access_keys SET status=$4 WHERE account=$1 AND user_id=$2 AND key_id=$3", scope.Account, userId, keyId, status) == 1;
    }

    public static bool Delete(Tx tx, Scope scope, string userId, string keyId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Execute("DELETE FROM access_keys WHERE account=$1 AND user_id=$2 AND key_id=$3", scope.Account, userId, keyId) == 1;
    }

    private static AccessKeyRow Map(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Bytes(4), r.Text(5), r.Long(6))
    {
        LastUsedMs = r.LongOrNull(7),
        LastUsedRegion = r.TextOrNull(8),
        LastUsedService = r.TextOrNull(9),
    };
}
