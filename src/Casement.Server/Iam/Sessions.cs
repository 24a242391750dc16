using System.Buffers.Text;
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
    private readonly byte[] _tokenKey = master.Derive("session token");

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
}

internal sealed record SessionRecord(
    string Account, string RoleId, string RoleName, string Path, string SessionName, long IssuedMs, long ExpiresMs, IReadOnlyList<string> Policies,
    IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> TransitiveTagKeys, string? SourceIdentity, string? NodeId, string? NodeRegion);

[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SessionJson : JsonSerializerContext;
