using Casement.Aws.Wire;
using Casement.Policies;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Adds a version; what is attached follows it only when it becomes the default.</summary>
public sealed class CreatePolicyVersion : IamOperation<CreatePolicyVersion.Request, CreatePolicyVersion.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override async Task<Reply> Handle(Request request, Call call) => new()
    {
        PolicyVersion = await call.WriteIam(tx =>
        {
            var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
            PolicyRules.Parse(request.PolicyDocument!, PolicyKind.Managed);
            var quotas = call.Backstage.Quotas;
            IamLimits.DemandSize(quotas, request.PolicyDocument!, IamLimits.PolicyCharacters, "PolicySize");
            if (quotas.IamCounts && ManagedPolicies.Versions(tx, policy).Count >= IamLimits.VersionsPerPolicy)
            {
                throw IamErrors.Limit(
                    $"A managed policy can have up to {IamLimits.VersionsPerPolicy} versions. Before you create a new version, you must delete an existing version.");
            }

            var isDefault = request.SetAsDefault == true;
            var version = ManagedPolicies.AddVersion(tx, policy, request.PolicyDocument!, isDefault, call.NowMs);
            return IamPolicyVersion.Of(version, isDefault ? version.Number : policy.DefaultVersion);
        }),
    };

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? PolicyDocument { get; init; }

        public bool? SetAsDefault { get; init; }
    }

    public sealed record Reply
    {
        public IamPolicyVersion? PolicyVersion { get; init; }
    }
}
