using System.Collections.Concurrent;
using System.Diagnostics;
using Casement.Policies;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>The compiled policies of each caller, kept until the account's IAM changes.</summary>
public sealed class IamCatalog(Database database, IamVersions versions)
{
    private const int CacheMax = 4096;

    private static readonly PolicyDocument Unreadable = Compile(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""", PolicyKind.Inline)!;

    private readonly ConcurrentDictionary<(string Account, string Id), Entry> _byPrincipal = new();
    private readonly ConcurrentDictionary<string, PolicyDocument> _compiled = new(StringComparer.Ordinal);

    /// <summary>What the caller may do, as of the last committed change.</summary>
    public PrincipalPolicies Of(Principal principal) => principal switch
    {
        Principal.Root root => new PrincipalPolicies(new PrincipalIdentity.Root(root.Account)),
        Principal.User user => Cached(user, user.Id, () => OfUser(user)),
        Principal.RoleSession { SessionPolicies.Count: > 0 } session => OfSession(session),
        Principal.RoleSession session => Of(session, Cached(session, session.RoleId, () => OfSession(session))),
        Principal.NodeKey or Principal.Anonymous => new PrincipalPolicies(new PrincipalIdentity.Anonymous()),
        _ => throw new UnreachableException(),
    };

    /// <summary>The compiled form of a stored text, which was checked when it was stored.</summary>
    public PolicyDocument Compiled(string text, PolicyKind kind)
    {
        if (_compiled.TryGetValue(text, out var known) && known.Kind == kind)
        {
            return known;
        }

        // a stored text that no longer parses must not silently allow less or more: it denies
        var document = Compile(text, kind) ?? Unreadable;
        if (_compiled.Count >= CacheMax)
        {
            _compiled.Clear();
        }

        return _compiled[text] = document;
    }

    private static PolicyDocument? Compile(string text, PolicyKind kind) =>
        PolicyDocument.TryParse(text, kind, out var document, out _) ? document : null;

    private PrincipalPolicies Cached(Principal principal, string id, Func<PrincipalPolicies> load)
    {
        var key = (principal.Account, id);
        var version = versions.Of(principal.Account);
        if (_byPrincipal.TryGetValue(key, out var entry) && entry.Version == version)
        {
            return entry.Policies;
        }

        var policies = load();
        if (_byPrincipal.Count >= CacheMax)
        {
            _byPrincipal.Clear();
        }

        _byPrincipal[key] = new Entry(policies, version);
        return policies;
    }

    private PrincipalPolicies OfUser(Principal.User user)
    {
        var scope = new Scope(user.Account, "");
        return database.ReadConsistently(tx => new PrincipalPolicies(
            new PrincipalIdentity.User(user.Account, user.Arn, user.Id),
            Attached(PolicyTexts.Of(tx, scope, user.Id), new PolicyHolder(HolderKind.User, user.Name)),
            Boundary(tx, scope, Users.ById(tx, scope, user.Id)?.BoundaryArn, new PolicyHolder(HolderKind.User, user.Name))));
    }

    /// <summary>Sessions of a role differ in nothing but their name: ten thousand nodes share one entry.</summary>
    private static PrincipalPolicies Of(Principal.RoleSession session, PrincipalPolicies ofRole) =>
        new(Identity(session), ofRole.IdentityPolicies, ofRole.Boundary);

    private static PrincipalIdentity.RoleSession Identity(Principal.RoleSession session) =>
        new(session.Account, session.RoleArn, session.RoleId, session.Arn);

    private PrincipalPolicies OfSession(Principal.RoleSession session)
    {
        var scope = new Scope(session.Account, "");
        var holder = new PolicyHolder(HolderKind.Role, session.RoleName);
        return database.ReadConsistently(tx => new PrincipalPolicies(
            Identity(session),
            Attached(PolicyTexts.Of(tx, scope, session.RoleId), holder),
            Boundary(tx, scope, Roles.ById(tx, scope, session.RoleId)?.BoundaryArn, holder),
            [.. session.SessionPolicies.Select(text => OfSession(tx, scope, text, session))]));
    }

    private AttachedPolicy OfSession(Tx tx, Scope scope, string text, Principal.RoleSession session)
    {
        var holder = new PolicyHolder(HolderKind.Session, session.SessionName);
        return text.StartsWith("arn:", StringComparison.Ordinal)
            ? Attached(new PolicyText(text, null, null, PolicyTexts.Managed(tx, scope, text)), holder)
            : new AttachedPolicy(new PolicySource.Inline("", holder), Compiled(text, PolicyKind.Session));
    }

    private List<AttachedPolicy> Attached(List<PolicyText> texts, PolicyHolder self) =>
        [.. texts.Select(text => Attached(text, text.Group is null ? self : new PolicyHolder(HolderKind.Group, text.Group)))];

    private AttachedPolicy Attached(PolicyText text, PolicyHolder holder) => text.Arn is null
        ? new AttachedPolicy(new PolicySource.Inline(text.Name!, holder), Compiled(text.Document!, PolicyKind.Inline))
        : new AttachedPolicy(
            new PolicySource.Managed(text.Arn, holder),
            Compiled(text.Document ?? AwsManagedPolicies.Find(text.Arn)?.Document ?? "", PolicyKind.Managed));

    private AttachedPolicy? Boundary(Tx tx, Scope scope, string? arn, PolicyHolder holder) => arn is null
        ? null
        : Attached(new PolicyText(arn, null, null, PolicyTexts.Managed(tx, scope, arn)), holder);

    private sealed record Entry(PrincipalPolicies Policies, long Version);
}
