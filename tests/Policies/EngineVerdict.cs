using System.Diagnostics;
using System.Globalization;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>The engine's decision in the oracle's words: the one place that knows both.</summary>
internal static class EngineVerdict
{
    public static string Of(Ask ask)
    {
        var context = new ConditionContext();
        foreach (var fact in ask.Facts)
        {
            _ = fact.IsList ? context.AddMany(fact.Key, fact.Values) : context.Add(fact.Key, fact.Values[0]);
        }

        var request = new AccessRequest(ask.Action, ask.Resource, context);
        var caller = new PrincipalPolicies(
            Identity(ask.Asker),
            [.. ask.Identity.Select((d, i) => Numbered(d, i, PolicyKind.Inline))],
            ask.Boundary is { } boundary ? Numbered(boundary, 0, PolicyKind.Boundary) : null,
            [.. ask.Session.Select((d, i) => Numbered(d, i, PolicyKind.Session))]);
        var own = ask.Own is { } o ? Given.Parsed(o, ask.OwnIsTrust ? PolicyKind.Trust : PolicyKind.Resource) : null;
        return Words(ask.OwnIsTrust
            ? Evaluator.DecideTrust(request, caller, own!)
            : Evaluator.Decide(request, caller, own, ask.OwnerAccount));
    }

    private static string Words(Decision decision) => decision switch
    {
        Decision.AllowedUnconditionally { Why: Exemption.NoPermissionNeeded } => "exempt",
        Decision.AllowedUnconditionally { Why: Exemption.Root } => "root",
        Decision.Allowed allowed => $"allowed by {Place(allowed.Layer, allowed.By)}",
        Decision.ExplicitDeny deny => $"denied by {Place(deny.Layer, deny.By)}",
        Decision.ImplicitDeny missing => $"lacks {Name(missing.Layer)}",
        _ => throw new UnreachableException(),
    };

    private static string Place(PolicyLayer layer, DecidingStatement by)
    {
        var document = by.Source is PolicySource.Inline inline ? inline.Name : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{Name(layer)} {document}/{by.StatementIndex}");
    }

    private static string Name(PolicyLayer layer) => layer.ToString().ToLowerInvariant();

    private static AttachedPolicy Numbered(string json, int number, PolicyKind kind) => new(
        new PolicySource.Inline(number.ToString(CultureInfo.InvariantCulture), new PolicyHolder(HolderKind.User, "alice")),
        Given.Parsed(json, kind));

    private static PrincipalIdentity Identity(Asker asker) => asker.Kind switch
    {
        AskerKind.Root => new PrincipalIdentity.Root(asker.Account),
        AskerKind.User => new PrincipalIdentity.User(asker.Account, asker.Arn, asker.Id),
        AskerKind.RoleSession => new PrincipalIdentity.RoleSession(asker.Account, asker.OriginArn, asker.OriginId, asker.Arn),
        AskerKind.FederatedSession => new PrincipalIdentity.FederatedSession(asker.Account, asker.Arn, asker.OriginArn, asker.OriginId),
        AskerKind.Service => new PrincipalIdentity.Service(asker.Arn),
        AskerKind.Provider => new PrincipalIdentity.Federated(asker.Arn),
        AskerKind.Anonymous => new PrincipalIdentity.Anonymous(),
    };
}
