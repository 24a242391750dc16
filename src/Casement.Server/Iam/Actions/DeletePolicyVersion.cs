using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Deletes a version that does not decide; its number is never used again.</summary>
public sealed class DeletePolicyVersion : IamOperation<DeletePolicyVersion.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
        var number = PolicyCatalog.NumberOf(request.VersionId!);
        if (number == policy.DefaultVersion)
        {
            throw IamErrors.Conflict("Cannot delete the default version of a policy.");
        }

        if (number is null || !ManagedPolicies.DeleteVersion(tx, policy, number.Value))
        {
            throw IamErrors.VersionNotFound(policy.Arn, request.VersionId!);
        }
    });

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Pattern(IamPatterns.Version)]
        public string? VersionId { get; init; }
    }
}
