using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Makes another version decide, at once, for all that the policy hangs on.</summary>
public sealed class SetDefaultPolicyVersion : IamOperation<SetDefaultPolicyVersion.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
        if (PolicyCatalog.NumberOf(request.VersionId!) is not { } number || ManagedPolicies.Version(tx, policy, number) is null)
        {
            throw IamErrors.VersionNotFound(policy.Arn, request.VersionId!);
        }

        ManagedPolicies.SetDefault(tx, policy, number, call.NowMs);
    });

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Pattern(IamPatterns.Version)]
        public string? VersionId { get; init; }
    }
}
