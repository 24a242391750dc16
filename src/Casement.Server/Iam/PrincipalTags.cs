using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Tags of users and roles, the values of <c>aws:PrincipalTag</c>; kept until the account's IAM changes.</summary>
public sealed class PrincipalTags(Database database, IamVersions versions)
{
    /// <summary>The kinds under which tags of IAM entities are stored.</summary>
    public const string UserKind = "iam-user";

    public const string RoleKind = "iam-role";

    public const string PolicyKind = "iam-policy";

    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Account, string Id), Entry> _known = new();

    public IReadOnlyList<KeyValuePair<string, string>> OfUser(Principal.User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return Of(user.Account, UserKind, user.Id);
    }

    public IReadOnlyList<KeyValuePair<string, string>> OfRole(Principal.RoleSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Of(session.Account, RoleKind, session.RoleId);
    }

    private List<KeyValuePair<string, string>> Of(string account, string kind, string id)
    {
        var version = versions.Of(account);
        if (_known.TryGetValue((account, id), out var entry) && entry.Version == version)
        {
            return entry.Tags;
        }

        var tags = database.Read(tx => Tags.Of(tx, new Scope(account, ""), kind, id));
        if (_known.Count >= 4096)
        {
            _known.Clear();
        }

        _known[(account, id)] = new Entry(tags, version);
        return tags;
    }

    private sealed record Entry(List<KeyValuePair<string, string>> Tags, long Version);
}
