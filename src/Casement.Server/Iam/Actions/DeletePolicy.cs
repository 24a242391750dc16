using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Deletes a policy that is in no use and has no version but the default one.</summary>
public sealed class DeletePolicy : IamOperation<DeletePolicy.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
        if (Attachments.Counts(tx, call.Scope).ContainsKey(policy.Arn) || Attachments.BoundaryCounts(tx, call.Scope).ContainsKey(policy.Arn))
        {
            throw IamErrors.Conflict("Cannot delete a policy attached to entities.");
        }

        if (ManagedPolicies.Versions(tx, policy).Count > 1)
        {
            throw IamErrors.Conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
        }

        Tags.Clear(tx, call.Scope.Global, PrincipalTags.PolicyKind, policy.Id);
        ManagedPolicies.Delete(tx, call.Scope, policy.Id);
    });

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }
    }
}
