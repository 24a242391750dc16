namespace Casement.Policies;

/// <summary>A statement ready to be asked.</summary>
internal sealed class CompiledStatement
{
    private readonly ActionPattern[] actions;
    private readonly bool exceptActions;
    private readonly ResourcePattern[] resources;
    private readonly bool exceptResources;
    private readonly PrincipalSet? principals;
    private readonly bool exceptPrincipals;
    private readonly CompiledCondition[] conditions;

    public CompiledStatement(PolicyStatement source, bool variables)
    {
        Source = source;
        exceptActions = source.NotActions is not null;
        actions = [.. (source.Actions ?? source.NotActions ?? []).Select(a => new ActionPattern(a))];

        // no list at all is a trust policy: it excepts nothing from its one role
        exceptResources = source.Resources is null;
        resources = [.. (source.Resources ?? source.NotResources ?? []).Select(r => new ResourcePattern(r, variables))];
        exceptPrincipals = source.NotPrincipals is not null;
        principals = (source.Principals ?? source.NotPrincipals) is { } names ? new PrincipalSet(names) : null;
        conditions = [.. source.Conditions.Select(c => new CompiledCondition(c, variables))];
    }

    public PolicyStatement Source { get; }

    public ReadOnlySpan<ActionPattern> Actions => actions;

    public bool ExceptsActions => exceptActions;

    /// <summary>The resources that the statement is about, if all of them are plain texts; null when one may be others.</summary>
    public List<string>? ExactResources =>
        exceptResources || !Array.TrueForAll(resources, r => r.Exact is not null) ? null : [.. resources.Select(r => r.Exact!)];

    public bool Applies(AccessRequest request) => Targets(request) && HoldsAll(request.Context);

    /// <summary>Action and resource fit; the conditions are another matter.</summary>
    public bool Targets(AccessRequest request) =>
        MatchesAction(request.Action) != exceptActions && MatchesResource(request) != exceptResources;

    /// <summary>How closely the statement names the caller. Without principals it is about whoever has it.</summary>
    public GrantLevel Level(PrincipalIdentity identity)
    {
        if (principals is null)
        {
            return GrantLevel.Direct;
        }

        return !exceptPrincipals ? principals.Level(identity)
            : principals.Spares(identity) ? GrantLevel.None : GrantLevel.Direct;
    }

    public List<FailedCondition> Failed(ConditionContext context)
    {
        var failed = new List<FailedCondition>();
        foreach (var condition in conditions)
        {
            if (!condition.Holds(context))
            {
                failed.Add(condition.AsFailed(context));
            }
        }

        return failed;
    }

    private bool MatchesAction(string action)
    {
        foreach (var pattern in actions)
        {
            if (pattern.Matches(action))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesResource(AccessRequest request)
    {
        foreach (var pattern in resources)
        {
            if (pattern.Matches(request))
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsAll(ConditionContext context)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Holds(context))
            {
                return false;
            }
        }

        return true;
    }
}
