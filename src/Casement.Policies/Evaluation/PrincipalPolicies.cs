namespace Casement.Policies;

/// <summary>
/// A caller and everything that says what it may do. Build it once per caller and change of policies; any number of
/// threads may decide with it.
/// </summary>
public sealed class PrincipalPolicies
{
    /// <param name="identity">Who it is.</param>
    /// <param name="identityPolicies">
    /// The user's own policies and those of all its groups, or the role's; for a federated session the ones of the
    /// user who made it. They are not looked at for root, services and strangers.
    /// </param>
    /// <param name="boundary">The permissions boundary of the user or role.</param>
    /// <param name="sessionPolicies">
    /// The policies given when the session was made. None given (null or empty) limits nothing, except that a
    /// federated session may then do nothing.
    /// </param>
    public PrincipalPolicies(
        PrincipalIdentity identity,
        IReadOnlyList<AttachedPolicy>? identityPolicies = null,
        AttachedPolicy? boundary = null,
        IReadOnlyList<AttachedPolicy>? sessionPolicies = null)
    {
        ArgumentNullException.ThrowIfNull(identity);
        Identity = identity;
        HasOwnPolicies = identity is PrincipalIdentity.User or PrincipalIdentity.RoleSession
            or PrincipalIdentity.FederatedSession;
        IdentityArray = HasOwnPolicies ? [.. identityPolicies ?? []] : [];
        BoundaryArray = HasOwnPolicies && boundary is not null ? [boundary] : [];
        SessionArray = HasOwnPolicies ? [.. sessionPolicies ?? []] : [];
        foreach (var policy in IdentityArray.Concat(BoundaryArray).Concat(SessionArray))
        {
            // it would grant to whoever has it what it grants to those it names
            if (policy.Document.Kind is PolicyKind.Trust or PolicyKind.Resource)
            {
                throw new ArgumentException($"A {policy.Document.Kind} policy cannot be a principal's own.");
            }
        }
    }

    /// <summary>Who it is.</summary>
    public PrincipalIdentity Identity { get; }

    /// <summary>Whether the caller is the account itself, which no policy of its own limits.</summary>
    public bool IsRoot => Identity is PrincipalIdentity.Root;

    /// <summary>The policies that grant.</summary>
    public IReadOnlyList<AttachedPolicy> IdentityPolicies => IdentityArray;

    /// <summary>The permissions boundary, if there is one.</summary>
    public AttachedPolicy? Boundary => BoundaryArray.Length > 0 ? BoundaryArray[0] : null;

    /// <summary>The policies given when the session was made.</summary>
    public IReadOnlyList<AttachedPolicy> SessionPolicies => SessionArray;

    internal bool HasOwnPolicies { get; }

    internal AttachedPolicy[] IdentityArray { get; }

    internal AttachedPolicy[] BoundaryArray { get; }

    internal AttachedPolicy[] SessionArray { get; }

    internal bool NeedsSessionPolicy => SessionArray.Length > 0 || Identity is PrincipalIdentity.FederatedSession;
}
