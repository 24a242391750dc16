namespace Casement.Tests.PolicyOracle;

/// <summary>
/// A second opinion on permission, written from AWS's documentation as plainly as it goes: every statement is read
/// anew from the JSON for every request, nothing is compiled, kept or looked up. It knows no type of the engine.
/// </summary>
internal static class Judge
{
    /// <summary>
    /// <c>exempt</c>, <c>root</c>, <c>allowed by LAYER n/m</c>, <c>denied by LAYER n/m</c> (document n, statement m of
    /// that layer) or <c>lacks LAYER</c>.
    /// </summary>
    public static string Verdict(Ask ask)
    {
        var asker = ask.Asker;
        if (!ask.OwnIsTrust && NeedsNoPermission(ask))
        {
            return "exempt";
        }

        var identity = asker.HasPolicies ? Sentence.AllOf("identity", ask.Identity) : [];
        var boundary = asker.HasPolicies && ask.Boundary is { } b ? Sentence.AllOf("boundary", [b]) : null;
        var session = asker.HasPolicies ? Sentence.AllOf("session", ask.Session) : [];
        var own = ask.Own is { } o ? Sentence.AllOf(ask.OwnIsTrust ? "trust" : "resource", [o]) : null;

        // first of all, any matching deny of any policy
        List<Sentence> all = [.. identity, .. boundary ?? [], .. session, .. own ?? []];
        if (all.Find(s => !s.Allows && s.Names(asker) > Closeness.None && s.Fits(ask)) is { } deny)
        {
            return $"denied by {deny.Place}";
        }

        var grants = (own ?? []).Where(s => s.Allows && s.Names(asker) > Closeness.None && s.Fits(ask)).ToList();
        var grant = grants.MaxBy(s => s.Names(asker));
        var isForeign = own is not null && IsForeign(ask);
        if (asker.Kind == AskerKind.Root)
        {
            return ask.OwnIsTrust ? "lacks trust" : isForeign && grant is null ? "lacks resource" : "root";
        }

        if (grant is null && (ask.OwnIsTrust || !asker.HasPolicies))
        {
            return ask.OwnIsTrust ? "lacks trust" : "lacks resource";
        }

        if (!asker.HasPolicies)
        {
            return $"allowed by {grant!.Place}";
        }

        var closeness = grant?.Names(asker) ?? Closeness.None;
        var needsIdentity = isForeign || closeness <= Closeness.Account;
        var needsLimits = isForeign || closeness < Closeness.Direct;
        Sentence? Allow(List<Sentence> layer) => layer.Find(s => s.Allows && s.Fits(ask));
        if (needsIdentity && Allow(identity) is null)
        {
            return "lacks identity";
        }

        if (needsLimits && boundary is not null && Allow(boundary) is null)
        {
            return "lacks boundary";
        }

        var hasSessionPolicies = ask.Session.Count > 0 || asker.Kind == AskerKind.FederatedSession;
        if (needsLimits && hasSessionPolicies && Allow(session) is null)
        {
            return "lacks session";
        }

        return isForeign && grant is null ? "lacks resource" : $"allowed by {(needsIdentity ? Allow(identity) : grant)!.Place}";
    }

    private static bool NeedsNoPermission(Ask ask) => ask.Action.ToLowerInvariant() switch
    {
        "sts:getcalleridentity" => true,
        "sts:getsessiontoken" => ask.Asker.Kind is AskerKind.User or AskerKind.Root,
        _ => false,
    };

    private static bool IsForeign(Ask ask)
    {
        var parts = ask.Resource.Split(':', 6);
        var owner = ask.OwnerAccount ?? (parts.Length == 6 && parts[0] == "arn" ? parts[4] : "");
        return owner.Length > 0 && ask.Asker.Account.Length > 0 && owner != ask.Asker.Account;
    }
}
