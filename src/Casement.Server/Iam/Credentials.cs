using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Casement.Aws;
using Casement.Aws.Signing;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Whose a credential is: verifies a claim and answers the principal, or why not.</summary>
public sealed class Credentials(Database database, MasterKey master, Sessions sessions, IamVersions versions)
{
    private const int CacheMax = 4096;

    // what a clock is corrected by from day to day
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(5);

    // an unknown key costs the same work as a known one, so that answers tell nothing by their time
    private static readonly byte[] NobodysKey = new byte[32];

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string KeyId, string Date, string Region, string Service), SigningKey> _signingKeys = new();
    private readonly ConcurrentDictionary<(string Account, string RoleId), long> _livingRoles = new();

    public Sessions Sessions => sessions;

    /// <summary>Seals the places where listings stopped.</summary>
    public Markers Markers { get; } = new(master);

    public IamVersions Versions => versions;

    /// <summary>Verifies a SigV4 claim by an access key or a session.</summary>
    public (Principal? Principal, AuthFault? Fault) Identify(HttpMessage message, SignatureClaim claim, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.SessionToken is null)
        {
            return LongTerm(message, claim);
        }

        if (sessions.Open(claim.SessionToken, claim.AccessKeyId) is not { } opened)
        {
            SigV4.Verify(message, claim, NobodysKey);
            return (null, new AuthFault.UnknownCredential());
        }

        if (!SigV4.Verify(message, claim, KeyFor(claim, sessions.SecretOf(claim.AccessKeyId), 0)))
        {
            return (null, new AuthFault.WrongSignature());
        }

        // one from a clock that was ahead would hold until that clock's hour has come
        if (opened.Expires <= now || opened.Session.IssuedAt > now + AheadMax)
        {
            return (null, new AuthFault.ExpiredSession());
        }

        return Lives(opened.Session) ? (opened.Session, null) : (null, new AuthFault.UnknownCredential());
    }

    /// <summary>Whether the session's role is still the one that was assumed: ids are never given twice.</summary>
    private bool Lives(Principal.RoleSession session)
    {
        var id = (session.Account, session.RoleId);
        var version = versions.Of(session.Account);
        if (_livingRoles.TryGetValue(id, out var seen) && seen == version)
        {
            return true;
        }

        if (database.Read(tx => Roles.ById(tx, new Scope(session.Account, ""), session.RoleId)) is null)
        {
            _livingRoles.TryRemove(id, out _);
            return false;
        }

        if (_livingRoles.Count >= CacheMax)
        {
            _livingRoles.Clear();
        }

        _livingRoles[id] = version;
        return true;
    }

    /// <summary>Verifies a claim that a node signed with its own key.</summary>
    public (Principal? Principal, AuthFault? Fault) IdentifyNode(HttpMessage message, SignatureClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var node = database.Read(tx => tx.One(
            "SELECT account, region, public_key FROM nodes WHERE node_id=$1",
            r => new NodeRow(r.Text(0), r.Text(1), r.Text(2)), claim.AccessKeyId));
        if (node is null)
        {
            return (null, new AuthFault.UnknownCredential());
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(node.PublicKey), out _);
        return SigV4.VerifyRsa(message, claim, rsa)
            ? (new Principal.NodeKey(node.Account, node.Region, claim.AccessKeyId), null)
            : (null, new AuthFault.WrongSignature());
    }

    /// <summary>With another master key than the database was made with the server would refuse every key without saying why.</summary>
    /// <exception cref="StartupException">The secrets in the database were not encrypted with this master key.</exception>
    public void DemandOwnMasterKey(Tx tx)
    {
        if (AccessKeys.Latest(tx) is { } key && master.Decrypt(key.Secret, $"{key.Account}/{key.KeyId}") is null)
        {
            throw new StartupException(
                $"The master key {master.Id} is not the one that this database was made with, which is {key.MasterKeyId}: put that one back, or name it with --master-key-file.");
        }
    }

    /// <summary>A new long-term key for a user, made inside the unit of work that stores it.</summary>
    public AccessKeyRow NewKey(string account, string userId, long nowMs, out string secret)
    {
        var keyId = Ids.AccessKey("AKIA", account);
        secret = Ids.Secret();
        return new AccessKeyRow(
            keyId, account, userId, "Active", master.Encrypt(Encoding.UTF8.GetBytes(secret), $"{account}/{keyId}"), master.Id, nowMs);
    }

    private (Principal? Principal, AuthFault? Fault) LongTerm(HttpMessage message, SignatureClaim claim)
    {
        var known = Find(claim.AccessKeyId);
        if (known is null || !known.Active)
        {
            SigV4.Verify(message, claim, NobodysKey);
            return (null, new AuthFault.UnknownCredential());
        }

        return SigV4.Verify(message, claim, KeyFor(claim, known.Secret, known.Version))
            ? (known.Principal, null)
            : (null, new AuthFault.WrongSignature());
    }

    private Known? Find(string keyId)
    {
        if (_known.TryGetValue(keyId, out var cached) && cached.Version == versions.Of(cached.Principal.Account))
        {
            return cached;
        }

        // the version is read before the rows: a change in between makes the entry old, never wrong
        var account = Ids.AccountOf(keyId);
        var version = account is null ? 0 : versions.Of(account);
        var found = database.Read(tx => Load(tx, keyId, version));
        if (found is null)
        {
            _known.TryRemove(keyId, out _);
            return null;
        }

        if (_known.Count >= CacheMax)
        {
            _known.Clear();
        }

        _known[keyId] = found;
        return found;
    }

    private Known? Load(Tx tx, string keyId, long version)
    {
        if (AccessKeys.Find(tx, keyId) is not { } key ||
            master.Decrypt(key.Secret, $"{key.Account}/{key.KeyId}") is not { } secret)
        {
            return null;
        }

        var scope = new Scope(key.Account, "");
        Principal? principal = key.UserId == key.Account
            ? new Principal.Root(key.Account)
            : Users.ById(tx, scope, key.UserId) is { } user
                ? new Principal.User(key.Account, user.Id, user.Name, user.Path)
                : null;
        return principal is null ? null : new Known(principal, Encoding.UTF8.GetString(secret), key.Active, version);
    }

    private byte[] KeyFor(SignatureClaim claim, string secret, long version)
    {
        var id = (claim.AccessKeyId, claim.Date, claim.Region, claim.Service);
        if (_signingKeys.TryGetValue(id, out var cached) && cached.Version == version)
        {
            return cached.Bytes;
        }

        var key = SigV4.SigningKey(secret, claim.Date, claim.Region, claim.Service);
        if (_signingKeys.Count >= CacheMax)
        {
            _signingKeys.Clear();
        }

        _signingKeys[id] = new SigningKey(key, version);
        return key;
    }

    private sealed record Known(Principal Principal, string Secret, bool Active, long Version);

    private sealed record SigningKey(byte[] Bytes, long Version);

    private sealed record NodeRow(string Account, string Region, string PublicKey);
}
