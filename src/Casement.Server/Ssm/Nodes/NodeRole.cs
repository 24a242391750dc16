using Casement.Aws;
using Casement.Policies;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>The role whose sessions nodes get: named by activations, must trust Systems Manager.</summary>
internal static class NodeRole
{
    /// <summary>The ARN that the caller must be allowed to pass: the role's own, or what the text says where there is none.</summary>
    public static string ArnOf(Call call, string given) =>
        call.Read(tx => Find(tx, call.Scope, given)) is { } role ? ArnOf(call.Scope, role) : Claimed(call.Scope, given);

    /// <exception cref="AwsException">ValidationException with AWS's text when it does not exist or does not trust Systems Manager.</exception>
    public static RoleRow Demand(Tx tx, Call call, string given)
    {
        var role = Find(tx, call.Scope, given);
        return role is not null && IsTrusted(call, role)
            ? role
            : throw new AwsException(
                "ValidationException", $"Nonexistent role or missing ssm service principal in trust policy: {(role is null ? Claimed(call.Scope, given) : ArnOf(call.Scope, role))}");
    }

    /// <param name="tx">Where to look.</param>
    /// <param name="scope">The account; IAM knows no regions.</param>
    /// <param name="given">A name, or path and name such as <c>service-role/MyRole</c>; a path that differs finds nothing.</param>
    public static RoleRow? Find(Tx tx, Scope scope, string given)
    {
        var slash = given.LastIndexOf('/');
        var role = Roles.ByName(tx, scope, given[(slash + 1)..]);
        return role is null || slash < 0 || role.Path == "/" + given[..(slash + 1)].TrimStart('/') ? role : null;
    }

    /// <summary>Whether the trust policy lets Systems Manager assume the role now.</summary>
    public static bool IsTrusted(Call call, RoleRow role)
    {
        var context = new ConditionContext()
            .Add("aws:SourceAccount", call.Scope.Account)
            .Add("aws:SourceArn", $"arn:aws:ssm:{call.Scope.Region}:{call.Scope.Account}:*");
        return Evaluator.DecideTrust(
            new AccessRequest("sts:AssumeRole", ArnOf(call.Scope, role), context),
            new PrincipalPolicies(new PrincipalIdentity.Service("ssm.amazonaws.com")),
            call.Backstage.Authorizer.Catalog.Compiled(role.Trust, PolicyKind.Trust)).IsAllowed;
    }

    private static string ArnOf(Scope scope, RoleRow role) => $"arn:aws:iam::{scope.Account}:role{role.Path}{role.Name}";

    private static string Claimed(Scope scope, string given) => $"arn:aws:iam::{scope.Account}:role/{given.TrimStart('/')}";
}
