using System.Diagnostics;
using System.Globalization;
using Casement.Aws;
using Casement.Policies;
using Casement.Server.Iam;

namespace Casement.Server.Operations;

/// <summary>Asks the policy engine for each permission of a call, and words and records what it refused.</summary>
public sealed class Authorizer(IamCatalog catalog)
{
    public IamCatalog Catalog => catalog;

    /// <summary>The permission to hand a role to Systems Manager.</summary>
    public static Access Pass(string roleArn) =>
        new("iam:PassRole", roleArn) { Keys = [KeyValuePair.Create("iam:PassedToService", "ssm.amazonaws.com")] };

    /// <summary>Every access must be allowed; the first that is not ends the call.</summary>
    /// <exception cref="AwsException">AccessDenied in the protocol's form, with AWS's text; recorded before it is thrown.</exception>
    public async Task Demand(Call call, IEnumerable<Access> accesses)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(accesses);
        PrincipalPolicies? policies = null;
        ConditionContext? about = null;
        foreach (var access in accesses)
        {
            policies ??= catalog.Of(call.Principal);
            about ??= About(call);
            var decision = Decide(policies, about, access);
            call.Note(access, Describe(decision));
            if (!decision.IsAllowed)
            {
                await Refuse(call, access, decision);
            }
        }
    }

    /// <summary>The same question without consequences: no record, no refusal.</summary>
    public Decision Ask(Call call, Access access)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(access);
        return Decide(catalog.Of(call.Principal), About(call), access);
    }

    /// <summary>The condition keys that hold for every access of a call.</summary>
    public static ConditionContext About(Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var now = call.Backstage.Clock.RealNow;
        var principal = call.Principal;
        var context = new ConditionContext()
            .Add("aws:CurrentTime", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .Add("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .Add("aws:SourceIp", call.Source.Ip)
            .Add("aws:SecureTransport", call.Source.Tls ? "true" : "false")
            .Add("aws:UserAgent", call.Source.UserAgent)
            .Add("aws:referer", call.Source.Referer)
            .Add("aws:RequestedRegion", call.Operation.Service == Service.Iam ? "us-east-1" : call.Scope.Region)
            .Add("aws:PrincipalAccount", principal.Account)
            .Add("aws:userid", principal.UserId)
            .Add("aws:PrincipalIsAWSService", "false")
            .Add("aws:ViaAWSService", "false")
            .Add("aws:ResourceAccount", call.Scope.Account);
        AddPrincipal(context, call);
        return context;
    }

    private static void AddPrincipal(ConditionContext context, Call call)
    {
        switch (call.Principal)
        {
            case Principal.Root root:
                context.Add("aws:PrincipalType", "Account").Add("aws:PrincipalArn", root.Arn);
                break;
            case Principal.User user:
                context.Add("aws:PrincipalType", "User").Add("aws:PrincipalArn", user.Arn).Add("aws:username", user.Name);
                AddTags(context, call.Backstage.PrincipalTags.OfUser(user));
                break;
            case Principal.RoleSession session:
                context.Add("aws:PrincipalType", "AssumedRole").Add("aws:PrincipalArn", session.RoleArn)
                    .Add("aws:TokenIssueTime", session.IssuedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
                    .Add("aws:MultiFactorAuthPresent", "false")
                    .Add("aws:SourceIdentity", session.SourceIdentity);
                AddTags(context, call.Backstage.PrincipalTags.OfRole(session));
                AddTags(context, session.Tags);
                if (session.Node is { } node)
                {
                    context.Add("ssm:SourceInstanceARN", $"arn:aws:ssm:{node.Region}:{session.Account}:managed-instance/{node.NodeId}");
                }

                break;
            case Principal.NodeKey or Principal.Anonymous:
                context.Add("aws:PrincipalType", "Anonymous");
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void AddTags(ConditionContext context, IEnumerable<KeyValuePair<string, string>> tags)
    {
        foreach (var (key, value) in tags)
        {
            context.Add("aws:PrincipalTag/" + key, value);
        }
    }

    private static Decision Decide(PrincipalPolicies policies, ConditionContext about, Access access)
    {
        var context = about;
        if (access.Keys.Count > 0 || access.ResourceTags.Count > 0 || access.RequestTags is not null || access.TagKeys is not null)
        {
            context = about.Layer();
            foreach (var (key, value) in access.Keys)
            {
                context.Add(key, value);
            }

            foreach (var (key, value) in access.ResourceTags)
            {
                context.Add("aws:ResourceTag/" + key, value);
                if (access.Action.StartsWith("ssm:", StringComparison.Ordinal))
                {
                    context.Add("ssm:resourceTag/" + key, value);
                }
            }

            foreach (var (key, value) in access.RequestTags ?? [])
            {
                context.Add("aws:RequestTag/" + key, value);
            }

            var keys = access.TagKeys ?? access.RequestTags?.Select(t => t.Key).ToList();
            if (keys is { Count: > 0 })
            {
                context.AddMany("aws:TagKeys", keys);
            }
        }

        return Evaluator.Decide(new AccessRequest(access.Action, access.Resource, context), policies);
    }

    private static async Task Refuse(Call call, Access access, Decision decision)
    {
        var text = DenialText.For(decision, call.Principal.Arn, access.Action, access.Shown ?? access.Resource);
        await call.Backstage.Audit.Denied(call.Entry("deny", call.AuditDoc));
        CrashPoint.Pass(CrashPoint.RequestDenied);
        throw new AuthFault.Denied(text).ToException(call.Operation.Service.Protocol);
    }

    /// <summary>What decided, in one line: the policy with its statement, or what is missing.</summary>
    public static string Describe(Decision decision) => decision switch
    {
        Decision.Allowed allowed => Describe(allowed.By),
        Decision.AllowedUnconditionally { Why: Exemption.Root } => "root",
        Decision.AllowedUnconditionally => "no permission needed",
        Decision.ExplicitDeny deny => "denied by " + Describe(deny.By),
        Decision.ImplicitDeny missing => $"no {missing.Layer.ToString().ToLowerInvariant()} policy allows it",
        _ => throw new UnreachableException(),
    };

    private static string Describe(DecidingStatement by)
    {
        var source = by.Source switch
        {
            PolicySource.Managed managed => managed.Arn,
            PolicySource.Inline inline => $"inline policy {inline.Name} of {inline.Holder.Kind.ToString().ToLowerInvariant()} {inline.Holder.Name}",
            PolicySource.OfResource => "the resource's policy",
            PolicySource.OfTrust => "the trust policy",
            _ => throw new UnreachableException(),
        };
        return $"{source}, statement {by.StatementIndex + 1}{(string.IsNullOrEmpty(by.Sid) ? "" : $" ({by.Sid})")}";
    }
}
