using System.Diagnostics;

namespace Casement.Policies;

/// <summary>How closely a policy names a caller; the closer, the less else is needed.</summary>
internal enum GrantLevel
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By account: the account's own policies must allow too.</summary>
    Account,

    /// <summary>By what the session came from: its role, or the user who made it.</summary>
    Origin,

    /// <summary>By itself, or as everyone.</summary>
    Direct,
}

/// <summary>The principals of a statement, ready to be asked.</summary>
internal sealed class PrincipalSet
{
    private readonly bool everyone;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> accounts = new(StringComparer.Ordinal);
    private readonly HashSet<string> services = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> providers = new(StringComparer.Ordinal);

    public PrincipalSet(IReadOnlyList<PrincipalName> principals)
    {
        foreach (var principal in principals)
        {
            everyone |= principal.IsEveryone;
            switch (principal.Type)
            {
                case "AWS" when PrincipalChecks.IsAccount(principal.Value):
                    accounts.Add(principal.Value);
                    break;
                case "AWS" when principal.Value.Split(':', ArnText.SegmentsMax) is [_, _, _, _, var account, "root"]:
                    accounts.Add(account);
                    break;
                case "AWS":
                    names.Add(principal.Value);
                    break;
                case "Service":
                    services.Add(principal.Value);
                    break;
                case "Federated":
                    providers.Add(principal.Value);
                    break;
            }
        }
    }

    public GrantLevel Level(PrincipalIdentity identity)
    {
        if (everyone)
        {
            return GrantLevel.Direct;
        }

        var (self, origin) = Names(identity);
        return self ? GrantLevel.Direct
            : origin == true ? GrantLevel.Origin
            : HasAccount(identity) ? GrantLevel.Account
            : GrantLevel.None;
    }

    /// <summary>
    /// Whether <c>NotPrincipal</c> spares the caller: it does so only if every name the caller goes by is listed, the
    /// account's included.
    /// </summary>
    public bool Spares(PrincipalIdentity identity)
    {
        var (self, origin) = Names(identity);
        return everyone || (self && origin != false && (identity.AccountId.Length == 0 || HasAccount(identity)));
    }

    private bool HasAccount(PrincipalIdentity identity) => accounts.Contains(identity.AccountId);

    /// <summary>Whether the caller itself is listed, and whether its origin is, if it has one.</summary>
    private (bool Self, bool? Origin) Names(PrincipalIdentity identity) => identity switch
    {
        PrincipalIdentity.Root root => (accounts.Contains(root.Account), null),
        PrincipalIdentity.User user => (names.Contains(user.Arn) || names.Contains(user.Id), null),
        PrincipalIdentity.RoleSession role =>
            (names.Contains(role.SessionArn), names.Contains(role.RoleArn) || names.Contains(role.RoleId)),
        PrincipalIdentity.FederatedSession session =>
            (names.Contains(session.SessionArn), names.Contains(session.UserArn) || names.Contains(session.UserId)),
        PrincipalIdentity.Service service => (services.Contains(service.Name), null),
        PrincipalIdentity.Federated federated => (providers.Contains(federated.Provider), null),
        PrincipalIdentity.Anonymous => (false, null),
        _ => throw new UnreachableException(),
    };
}
