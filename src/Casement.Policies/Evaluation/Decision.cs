namespace Casement.Policies;

/// <summary>The kinds of policies that take part in a decision.</summary>
public enum PolicyLayer
{
    /// <summary>The policies of the user with all groups, or of the role.</summary>
    Identity = 1,

    /// <summary>The permissions boundary of the user or role.</summary>
    Boundary,

    /// <summary>The policies given when the session was made.</summary>
    Session,

    /// <summary>The policy of the resource.</summary>
    Resource,

    /// <summary>The trust policy of the role to be assumed.</summary>
    Trust,
}

/// <summary>Why a request needs no policy.</summary>
public enum Exemption
{
    /// <summary>The caller is the account itself, and nothing denied explicitly.</summary>
    Root = 1,

    /// <summary>The action needs no permission and cannot be denied, such as <c>sts:GetCallerIdentity</c>.</summary>
    NoPermissionNeeded,
}

/// <summary>The statement that settled a decision; <see cref="StatementIndex"/> counts from 0.</summary>
public sealed record DecidingStatement(PolicySource Source, int StatementIndex, string? Sid, SourceSpan Span);

/// <summary>
/// A condition that did not hold: what the policy wants and what the request has. No actual value means that the key
/// is absent.
/// </summary>
public sealed record FailedCondition(
    string Operator, string Key, IReadOnlyList<string> Wanted, IReadOnlyList<string> Actual);

/// <summary>An Allow that fits action, resource and principal, and failed by these conditions only.</summary>
public sealed record NearMiss(
    PolicyLayer Layer, DecidingStatement Statement, IReadOnlyList<FailedCondition> FailedConditions);

/// <summary>The answer to an <see cref="AccessRequest"/>, with what settled it.</summary>
public abstract record Decision
{
    private protected Decision()
    {
    }

    /// <summary>Whether the action may be done.</summary>
    public bool IsAllowed => this is Allowed or AllowedUnconditionally;

    /// <summary>
    /// Granted by a statement. <paramref name="Layer"/> is the one that grants: identity, or resource or trust where
    /// those grant by themselves.
    /// </summary>
    public sealed record Allowed(PolicyLayer Layer, DecidingStatement By) : Decision;

    /// <summary>Granted without any policy.</summary>
    public sealed record AllowedUnconditionally(Exemption Why) : Decision;

    /// <summary>A statement denies; nothing outweighs that.</summary>
    public sealed record ExplicitDeny(PolicyLayer Layer, DecidingStatement By) : Decision;

    /// <summary>
    /// No statement of <paramref name="Layer"/> allows. When several layers lack an allow, the one named is the first
    /// of trust, identity, boundary, session, resource. At most sixteen near misses are kept.
    /// </summary>
    public sealed record ImplicitDeny(PolicyLayer Layer, IReadOnlyList<NearMiss> NearMisses) : Decision;
}
