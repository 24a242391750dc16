using Casement.Policies;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>What a service asks when it assumes a role for somebody.</summary>
/// <param name="Account">The account for which it acts; roles of other accounts do not exist for it.</param>
/// <param name="RoleArn">With the role's path.</param>
/// <param name="Service">Such as <c>ssm.amazonaws.com</c>.</param>
/// <param name="SessionName">2 to 64 of <c>[\w+=,.@-]</c>.</param>
public sealed record ServiceAssumption(string Account, string RoleArn, string Service, string SessionName)
{
    /// <summary>The resource on whose behalf: <c>aws:SourceArn</c> of the trust policy, such as a window's ARN.</summary>
    public string? SourceArn { get; init; }

    /// <summary>The node that the session is for.</summary>
    public NodeSeat? Node { get; init; }
}

/// <summary>What came of assuming a role.</summary>
public abstract record Assumption
{
    private protected Assumption() { }

    public sealed record Assumed(Principal.RoleSession Session) : Assumption;

    /// <summary>No role has that ARN in the account.</summary>
    public sealed record NoSuchRole : Assumption;

    /// <summary>The trust policy does not let the service assume the role, or denies it.</summary>
    public sealed record NotTrusted(Decision Decision) : Assumption;
}

/// <summary>Sessions that services open on roles which users handed to them.</summary>
public static class RoleSessions
{
    private const string AssumeAction = "sts:AssumeRole";

    /// <summary>
    /// Asks the role's trust policy as the service, with <c>aws:SourceAccount</c> and <c>aws:SourceArn</c>. The session is in
    /// process: <see cref="Sessions.Issue"/> makes credentials of it where somebody outside needs them.
    /// </summary>
    public static Assumption AssumeForService(Backstage backstage, ServiceAssumption wish)
    {
        ArgumentNullException.ThrowIfNull(backstage);
        return backstage.Database.Read(tx => AssumeForService(tx, backstage, wish));
    }

    /// <summary>The same inside a unit of work.</summary>
    public static Assumption AssumeForService(Tx tx, Backstage backstage, ServiceAssumption wish)
    {
        ArgumentNullException.ThrowIfNull(backstage);
        ArgumentNullException.ThrowIfNull(wish);
        if (Find(tx, wish.RoleArn) is not { } found || found.Account != wish.Account)
        {
            return new Assumption.NoSuchRole();
        }

        var now = backstage.Clock.RealNow;
        var context = new ConditionContext()
            .Add("aws:CurrentTime", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))
            .Add("aws:EpochTime", now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Add("aws:PrincipalIsAWSService", "true")
            .Add("aws:PrincipalServiceName", wish.Service)
            .Add("aws:ViaAWSService", "false")
            .Add("aws:SourceAccount", wish.Account)
            .Add("aws:SourceArn", wish.SourceArn)
            .Add("aws:ResourceAccount", found.Account)
            .Add("sts:RoleSessionName", wish.SessionName);
        AddTags(context, found.Tags);
        var decision = Evaluator.DecideTrust(
            new AccessRequest(AssumeAction, wish.RoleArn, context),
            new PrincipalPolicies(new PrincipalIdentity.Service(wish.Service)),
            backstage.Authorizer.Catalog.Compiled(found.Role.Trust, PolicyKind.Trust));
        return decision.IsAllowed
            ? new Assumption.Assumed(found.Session(wish.SessionName, now) with { Node = wish.Node })
            : new Assumption.NotTrusted(decision);
    }

    /// <summary>The role of exactly that ARN, in whatever account; null when there is none, or the text is no role's ARN.</summary>
    internal static FoundRole? Find(Tx tx, string roleArn)
    {
        var parts = roleArn.Split(':', 6);
        if (parts.Length < 6 || parts[0] != "arn" || parts[1] != "aws" || parts[2] != "iam" || parts[3].Length > 0
            || !parts[5].StartsWith("role/", StringComparison.Ordinal))
        {
            return null;
        }

        var scope = new Scope(parts[4], "");
        var role = Roles.ByName(tx, scope, parts[5][(parts[5].LastIndexOf('/') + 1)..]);
        return role is not null && parts[5] == $"role{role.Path}{role.Name}"
            ? new FoundRole(scope.Account, role, Tags.Of(tx, scope, PrincipalTags.RoleKind, role.Id))
            : null;
    }

    /// <summary>The role's tags as conditions of its trust policy see them.</summary>
    internal static void AddTags(ConditionContext context, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        foreach (var (key, value) in tags)
        {
            context.Add("aws:ResourceTag/" + key, value).Add("iam:ResourceTag/" + key, value);
        }
    }
}

/// <summary>A role with its account and tags.</summary>
internal sealed record FoundRole(string Account, RoleRow Role, IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    public Principal.RoleSession Session(string name, DateTimeOffset now) => new(Account, Role.Id, Role.Name, Role.Path, name, now);
}
