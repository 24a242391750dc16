namespace Casement.Storage;

/// <summary>
/// Idempotency tokens: the same token with the same request answers the id made the first time; with another request it is a
/// mismatch. Kept 24 hours at least; a token outlives the deletion of what it made.
/// </summary>
public static class ClientTokens
{
    /// <summary>How long a token is remembered, in milliseconds.</summary>
    public const long LifetimeMs = 24L * 60 * 60 * 1000;

    /// <param name="tx">The unit of work that also makes the resource.</param>
    /// <param name="scope">Account and region.</param>
    /// <param name="operation">The operation's name.</param>
    /// <param name="within">What the token is unique in beside the account, such as the window's id; else empty.</param>
    /// <param name="token">The caller's token; null makes the resource without remembering.</param>
    /// <param name="requestHash">A hash of the request without its token.</param>
    /// <param name="nowMs">Now, in epoch milliseconds.</param>
    /// <param name="create">Makes the resource and answers its id.</param>
    /// <param name="lifetimeMs">How long the token is remembered, in milliseconds.</param>
    /// <returns>The id, or null when the token was used with another request.</returns>
    public static string? Once(Tx tx, Scope scope, string operation, string within, string? token, string requestHash, long nowMs, Func<string> create, long lifetimeMs = LifetimeMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(create);
        if (token is null)
        {
            return create();
        }

        var known = tx.One(
            "SELECT request_hash, result FROM client_tokens WHERE account=$1 AND region=$2 AND operation=$3 AND scope=$4 AND token=$5 AND expires_ms>$6",
            r => new Known(r.Text(0), r.Text(1)), scope.Account, scope.Region, operation, within, token, nowMs);
        if (known is not null)
        {
            CrashPoint.Pass(CrashPoint.TokenKnown);
            return known.Hash == requestHash ? known.Result : null;
        }

        var id = create();
        tx.Execute(
            """
            INSERT INTO client_tokens(account, region, operation, scope, token, request_hash, result, expires_ms) VALUES($1,$2,$3,$4,$5,$6,$7,$8)
            ON CONFLICT(account, region, operation, scope, token) DO UPDATE SET request_hash=excluded.request_hash, result=excluded.result, expires_ms=excluded.expires_ms
            """,
            scope.Account, scope.Region, operation, within, token, requestHash, id, nowMs + lifetimeMs);
        CrashPoint.Pass(CrashPoint.TokenKept);
        return id;
    }

    private sealed record Known(string Hash, string Result);
}
