namespace Casement.Storage;

/// <summary>Accounts, and the version that every change of an account's IAM raises.</summary>
public static class Accounts
{
    public static void Insert(Tx tx, string account, string quotas, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("INSERT INTO accounts(account, quotas, created_ms) VALUES($1,$2,$3)", account, quotas, nowMs);
    }

    public static bool Exists(Tx tx, string account)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Any("SELECT 1 FROM accounts WHERE account=$1", account);
    }

    /// <summary>The oldest account: the one that a data directory was made with.</summary>
    public static string? First(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT account FROM accounts ORDER BY rowid LIMIT 1", r => r.Text(0));
    }

    /// <summary>Raises the version of the account's users, roles, policies and keys, so that no cached decision outlives the change.</summary>
    public static void TouchIam(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute("UPDATE accounts SET iam_version = iam_version + 1 WHERE account=$1", scope.Account);
    }
}
