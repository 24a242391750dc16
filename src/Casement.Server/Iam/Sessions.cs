using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Server.Operations;

namespace Casement.Server.Iam;

/// <summary>What a caller of AssumeRole, or a node, is handed.</summary>
public sealed record SessionKeys(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expires);

/// <summary>
/// Temporary credentials without a table: the token is an encrypted record of the session, the secret is derived from the key
/// id. Both survive restarts. Roles and policies are looked up live by the role's id, so deleting the role, or creating
/// another of its name, ends the session.
/// </summary>
public sealed class Sessions(MasterKey master)
{
    // nodes come back every quarter of a minute with the same token; more than may wait at once
    private const int OpenedMax = 32_768;

    private readonly byte[] _tokenKey = master.Derive("session token");
    private readonly ConcurrentDictionary<string, Opened> _opened = new(StringComparer.Ordinal);

    public SessionKeys Issue(Principal.RoleSession session, DateTimeOffset expires)
    {
        ArgumentNullException.ThrowIfNull(session);
        var keyId = Ids.AccessKey("ASIA", session.Account);
        var record = new SessionRecord(
            session.Account, session.RoleId, session.RoleName, session.Path, session.SessionName, session.IssuedAt.ToUnixTimeMilliseconds(),
            expires.ToUnixTimeMilliseconds(), session.SessionPolicies, session.Tags, session.TransitiveTagKeys, session.SourceIdentity, session.Node?.NodeId, session.Node?.Region);
        var token = MasterKey.Seal(_tokenKey, JsonSerializer.SerializeToUtf8Bytes(record, SessionJson.Default.SessionRecord), keyId);
        return new SessionKeys(keyId, SecretOf(keyId), Convert.ToBase64String(token), expires);
    }

    /// <summary>The secret of a temporary key id.</summary>
    public string SecretOf(string keyId) => Convert.ToBase64String(master.Derive("session secret " + keyId, 30));

    /// <summary>Opens a token. Null when it was not made for this key id by this server, or was changed.</summary>
    public (Principal.RoleSession Session, DateTimeOffset Expires)? Open(string token, string keyId)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(keyId);

        // what a token holds never changes; whether it still counts is asked of each request, known or not
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), hash);
        if (_opened.TryGetValue(keyId, out var known) && CryptographicOperations.FixedTimeEquals(known.TokenHash, hash))
        {
            return (known.Session, known.Expires);
        }

        if (Read(token, keyId) is not { } read)
        {
            return null;
        }

        if (read.Session.Node is not null)
        {
            if (_opened.Count >= OpenedMax)
            {
                _opened.Clear();
            }

            _opened[keyId] = new Opened(hash.ToArray(), read.Session, read.Expires);
        }

        return read;
    }

    private (Principal.RoleSession Session, DateTimeOffset Expires)? Read(string token, string keyId)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(token.Length)];
        if (!Convert.TryFromBase64String(token, bytes, out var length) ||
            MasterKey.Unseal(_tokenKey, bytes.AsSpan(0, length), keyId) is not { } plain ||
            JsonSerializer.Deserialize(plain, SessionJson.Default.SessionRecord) is not { } r)
        {
            return null;
        }

        var session = new Principal.RoleSession(r.Account, r.RoleId, r.RoleName, r.Path, r.SessionName, DateTimeOffset.FromUnixTimeMilliseconds(r.IssuedMs))
        {
            SessionPolicies = r.Policies,
            Tags = new Dictionary<string, string>(r.Tags, StringComparer.OrdinalIgnoreCase),
            TransitiveTagKeys = r.TransitiveTagKeys,
            SourceIdentity = r.SourceIdentity,
            Node = r.NodeId is { } node ? new NodeSeat(node, r.NodeRegion ?? "") : null,
        };
        return (session, DateTimeOffset.FromUnixTimeMilliseconds(r.ExpiresMs));
    }

    private sealed record Opened(byte[] TokenHash, Principal.RoleSession Session, DateTimeOffset Expires);
}

internal sealed record SessionRecord(
    string Account, string RoleId, string RoleName, string Path, string SessionName, long IssuedMs, long ExpiresMs, IReadOnlyList<string> Policies,
    IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> TransitiveTagKeys, string? SourceIdentity, string? NodeId, string? NodeRegion);

[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SessionJson : JsonSerializerContext;
