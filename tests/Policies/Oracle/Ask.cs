namespace Casement.Tests.PolicyOracle;

/// <summary>The kinds of callers that the policy language tells apart.</summary>
internal enum AskerKind
{
    Root = 1,
    User,
    RoleSession,
    FederatedSession,
    Service,
    Provider,
    Anonymous,
}

/// <summary>
/// A caller by all its names; an empty text means that it has none. A role session comes from its role, a federated
/// session from the user who made it; <paramref name="Arn"/> of a service or a provider is its name.
/// </summary>
internal sealed record Asker(
    AskerKind Kind, string Account = "", string Arn = "", string Id = "", string OriginArn = "", string OriginId = "")
{
    public bool HasPolicies => Kind is AskerKind.User or AskerKind.RoleSession or AskerKind.FederatedSession;
}

/// <summary>A condition key of a request. A list stays one with a single entry.</summary>
internal sealed record Fact(string Key, bool IsList, IReadOnlyList<string> Values);

/// <summary>Everything a decision depends on, with policies as JSON.</summary>
/// <param name="Own">The policy of the resource, or of the role to be assumed if <paramref name="OwnIsTrust"/>.</param>
/// <param name="OwnerAccount">Whose the resource is; null reads it from the ARN, empty means the caller's.</param>
internal sealed record Ask(
    Asker Asker,
    string Action,
    string Resource,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<string> Identity,
    string? Boundary,
    IReadOnlyList<string> Session,
    string? Own,
    bool OwnIsTrust,
    string? OwnerAccount)
{
    public override string ToString() => string.Join(
        '\n',
        [
            $"{Action} on {Resource} of '{OwnerAccount ?? "its ARN's account"}' by {Asker}",
            .. Facts.Select(f => $"  {f.Key} = {(f.IsList ? $"[{string.Join(" | ", f.Values)}]" : f.Values[0])}"),
            .. Identity.Select(d => $"  identity {d}"),
            $"  boundary {Boundary}",
            .. Session.Select(d => $"  session {d}"),
            $"  {(OwnIsTrust ? "trust" : "resource")} {Own}",
        ]);
}
