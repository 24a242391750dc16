namespace Casement.Policies;

/// <summary>Who asks, as resource and trust policies name principals.</summary>
public abstract record PrincipalIdentity
{
    private protected PrincipalIdentity()
    {
    }

    /// <summary>The twelve digits of the caller's account; empty for callers that belong to none.</summary>
    public virtual string AccountId => "";

    /// <summary>The account itself.</summary>
    public sealed record Root(string Account) : PrincipalIdentity
    {
        /// <inheritdoc/>
        public override string AccountId => Account;
    }

    /// <summary>A user; <paramref name="Id"/> is the unique <c>AIDA…</c>.</summary>
    public sealed record User(string Account, string Arn, string Id) : PrincipalIdentity
    {
        /// <inheritdoc/>
        public override string AccountId => Account;
    }

    /// <summary>
    /// A session of a role. <paramref name="RoleArn"/> has the role's path, <paramref name="RoleId"/> is the unique
    /// <c>AROA…</c>, <paramref name="SessionArn"/> is <c>arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION</c>.
    /// </summary>
    public sealed record RoleSession(string Account, string RoleArn, string RoleId, string SessionArn)
        : PrincipalIdentity
    {
        /// <inheritdoc/>
        public override string AccountId => Account;
    }

    /// <summary>
    /// A session made by GetFederationToken: <paramref name="SessionArn"/> is
    /// <c>arn:aws:sts::ACCOUNT:federated-user/NAME</c>, the others name the user who made it.
    /// </summary>
    public sealed record FederatedSession(string Account, string SessionArn, string UserArn, string UserId)
        : PrincipalIdentity
    {
        /// <inheritdoc/>
        public override string AccountId => Account;
    }

    /// <summary>A service acting for itself, such as <c>ssm.amazonaws.com</c>.</summary>
    public sealed record Service(string Name) : PrincipalIdentity;

    /// <summary>Somebody an identity provider vouches for: the provider's ARN or host name.</summary>
    public sealed record Federated(string Provider) : PrincipalIdentity;

    /// <summary>A call without a signature.</summary>
    public sealed record Anonymous : PrincipalIdentity;
}
