namespace Casement.Policies;

/// <summary>
/// Decides in the order of AWS's evaluation logic: any matching Deny of any policy is final; then the resource's own
/// policy may grant; then the identity policies must allow, and the permissions boundary and the session policies,
/// where there are any, must allow as well. Pure: the same question has the same answer.
/// </summary>
public static class Evaluator
{
    private const int NearMissesMax = 16;

    private static readonly Decision AsRoot = new Decision.AllowedUnconditionally(Exemption.Root);
    private static readonly Decision Exempt = new Decision.AllowedUnconditionally(Exemption.NoPermissionNeeded);

    /// <summary>Decides a request to anything but assuming a role.</summary>
    /// <param name="request">The question.</param>
    /// <param name="principal">Who asks.</param>
    /// <param name="resourcePolicy">
    /// The policy of the resource, if it has one. It can grant by itself to callers of its own account; callers of
    /// others need their own policies' allow too.
    /// </param>
    /// <param name="resourceAccount">
    /// The account that owns the resource; null takes it from the ARN. An empty text means the caller's.
    /// </param>
    public static Decision Decide(
        AccessRequest request, PrincipalPolicies principal, PolicyDocument? resourcePolicy = null,
        string? resourceAccount = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(principal);
        Require(resourcePolicy, PolicyKind.Resource, nameof(resourcePolicy));
        if (IsExempt(request.Action, principal.Identity))
        {
            return Exempt;
        }

        var question = new Question(request, principal, resourcePolicy?.AsOwn, PolicyLayer.Resource);
        return Judge(question, resourcePolicy is not null && IsForeign(request, principal, resourceAccount));
    }

    /// <summary>
    /// Decides whether a role may be assumed: <paramref name="request"/> names <c>sts:AssumeRole</c> (or
    /// <c>sts:TagSession</c>, <c>sts:SetSourceIdentity</c>, each asked on its own) and the role's ARN. The trust
    /// policy must allow by itself; if it does so by naming the caller's account only, or the role is another
    /// account's, the caller's own policies must allow too. Root may never assume a role.
    /// </summary>
    public static Decision DecideTrust(AccessRequest request, PrincipalPolicies caller, PolicyDocument trustPolicy)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(trustPolicy);
        Require(trustPolicy, PolicyKind.Trust, nameof(trustPolicy));
        var question = new Question(request, caller, trustPolicy.AsOwn, PolicyLayer.Trust);
        return Judge(question, IsForeign(request, caller, null));
    }

    /// <summary>A document without principals would name everyone.</summary>
    private static void Require(PolicyDocument? policy, PolicyKind kind, string name)
    {
        if (policy is not null && policy.Kind != kind)
        {
            throw new ArgumentException($"The document was read as {policy.Kind}, not as {kind}.", name);
        }
    }

    private static bool IsExempt(string action, PrincipalIdentity identity) =>
        action.Equals("sts:GetCallerIdentity", StringComparison.OrdinalIgnoreCase)
        || (action.Equals("sts:GetSessionToken", StringComparison.OrdinalIgnoreCase)
            && identity is PrincipalIdentity.User or PrincipalIdentity.Root);

    private static bool IsForeign(AccessRequest request, PrincipalPolicies principal, string? resourceAccount)
    {
        var owner = resourceAccount is null ? ArnText.Account(request.Resource) : resourceAccount;
        return owner.Length > 0 && principal.Identity.AccountId.Length > 0
            && !owner.SequenceEqual(principal.Identity.AccountId);
    }

    private static Decision Judge(in Question question, bool isForeign)
    {
        var principal = question.Principal;
        if (FirstDeny(question) is { } denied)
        {
            return denied;
        }

        var level = FindGrant(question, out var grant);
        if (principal.IsRoot && question.OwnLayer == PolicyLayer.Resource)
        {
            return isForeign && level == GrantLevel.None ? Missing(question, PolicyLayer.Resource) : AsRoot;
        }

        var isTrust = question.OwnLayer == PolicyLayer.Trust;
        if (principal.IsRoot || (level == GrantLevel.None && (isTrust || !principal.HasOwnPolicies)))
        {
            return Missing(question, question.OwnLayer);
        }

        if (!principal.HasOwnPolicies)
        {
            return grant!;
        }

        return JudgeOwnPolicies(question, isForeign, level, grant);
    }

    private static Decision JudgeOwnPolicies(in Question question, bool isForeign, GrantLevel level, Decision? grant)
    {
        var principal = question.Principal;
        var decided = grant;
        if (isForeign || level <= GrantLevel.Account)
        {
            decided = FirstAllow(question.Request, principal.IdentityArray, PolicyLayer.Identity);
            if (decided is null)
            {
                return Missing(question, PolicyLayer.Identity);
            }
        }

        if (isForeign || level < GrantLevel.Direct)
        {
            if (principal.BoundaryArray.Length > 0
                && FirstAllow(question.Request, principal.BoundaryArray, PolicyLayer.Boundary) is null)
            {
                return Missing(question, PolicyLayer.Boundary);
            }

            if (principal.NeedsSessionPolicy
                && FirstAllow(question.Request, principal.SessionArray, PolicyLayer.Session) is null)
            {
                return Missing(question, PolicyLayer.Session);
            }
        }

        return isForeign && level == GrantLevel.None ? Missing(question, question.OwnLayer) : decided!;
    }

    private static Decision? FirstDeny(in Question question)
    {
        var principal = question.Principal;
        return FirstDeny(question, principal.IdentityArray, PolicyLayer.Identity)
            ?? FirstDeny(question, principal.BoundaryArray, PolicyLayer.Boundary)
            ?? FirstDeny(question, principal.SessionArray, PolicyLayer.Session)
            ?? (question.Own is null ? null : FirstDeny(question, [question.Own], question.OwnLayer));
    }

    private static Decision? FirstDeny(in Question question, ReadOnlySpan<AttachedPolicy> policies, PolicyLayer layer)
    {
        foreach (var policy in policies)
        {
            if (policy.Document.Denies.IsEmpty)
            {
                continue;
            }

            foreach (var statement in policy.Document.Denies.For(question.Request))
            {
                if (statement.Level(question.Principal.Identity) != GrantLevel.None
                    && statement.Applies(question.Request))
                {
                    return policy.DecidedBy(layer, statement.Source);
                }
            }
        }

        return null;
    }

    private static Decision? FirstAllow(AccessRequest request, AttachedPolicy[] policies, PolicyLayer layer)
    {
        foreach (var policy in policies)
        {
            foreach (var statement in policy.Document.Allows.For(request))
            {
                if (statement.Applies(request))
                {
                    return policy.DecidedBy(layer, statement.Source);
                }
            }
        }

        return null;
    }

    /// <summary>The closest grant that the resource's own policy makes to the caller.</summary>
    private static GrantLevel FindGrant(in Question question, out Decision? grant)
    {
        grant = null;
        var best = GrantLevel.None;
        if (question.Own is not { } own)
        {
            return best;
        }

        foreach (var statement in own.Document.Allows.For(question.Request))
        {
            var level = statement.Level(question.Principal.Identity);
            if (level > best && statement.Applies(question.Request))
            {
                best = level;
                grant = own.DecidedBy(question.OwnLayer, statement.Source);
            }
        }

        return best;
    }

    private static Decision.ImplicitDeny Missing(in Question question, PolicyLayer layer)
    {
        var misses = new List<NearMiss>();
        var principal = question.Principal;
        var policies = layer switch
        {
            PolicyLayer.Identity => principal.IdentityArray,
            PolicyLayer.Boundary => principal.BoundaryArray,
            PolicyLayer.Session => principal.SessionArray,
            PolicyLayer.Resource or PolicyLayer.Trust => [],
        };
        CollectNearMisses(question, policies, layer, misses);

        // the resource's own policy could have granted instead, or should have
        if (question.Own is not null)
        {
            CollectNearMisses(question, [question.Own], question.OwnLayer, misses);
        }

        return new Decision.ImplicitDeny(layer, misses);
    }

    private static void CollectNearMisses(
        in Question question, ReadOnlySpan<AttachedPolicy> policies, PolicyLayer layer, List<NearMiss> misses)
    {
        foreach (var policy in policies)
        {
            foreach (var statement in policy.Document.Allows.For(question.Request))
            {
                if (misses.Count == NearMissesMax)
                {
                    return;
                }

                if (statement.Level(question.Principal.Identity) != GrantLevel.None
                    && statement.Targets(question.Request)
                    && statement.Failed(question.Request.Context) is { Count: > 0 } failed)
                {
                    var source = statement.Source;
                    var by = new DecidingStatement(policy.Source, source.Index, source.Sid, source.Span);
                    misses.Add(new NearMiss(layer, by, failed));
                }
            }
        }
    }

    /// <summary>A request, its caller, and the policy of what it names.</summary>
    private readonly record struct Question(
        AccessRequest Request, PrincipalPolicies Principal, AttachedPolicy? Own, PolicyLayer OwnLayer);
}
