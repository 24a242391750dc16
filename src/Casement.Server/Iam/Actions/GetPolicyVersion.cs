using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>A version with its document, percent-encoded. Of AWS's policies only the current version is known.</summary>
public sealed class GetPolicyVersion : IamOperation<GetPolicyVersion.Request, GetPolicyVersion.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(new Reply
    {
        PolicyVersion = call.Read(tx => PolicyCatalog.Demand(tx, call.Scope, request.PolicyArn!) switch
        {
            KnownPolicy.Own { Row: var row } when PolicyCatalog.NumberOf(request.VersionId!) is { } n && ManagedPolicies.Version(tx, row, n) is { } version =>
                IamPolicyVersion.Of(version, row.DefaultVersion) with { Document = PolicyRules.Encoded(version.Document) },
            KnownPolicy.Aws { Policy: var policy } when policy.DefaultVersion == request.VersionId =>
                IamPolicyVersion.Of(policy) with { Document = PolicyRules.Encoded(policy.Document) },
            _ => throw IamErrors.VersionNotFound(request.PolicyArn!, request.VersionId!),
        }),
    });

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Pattern(IamPatterns.Version)]
        public string? VersionId { get; init; }
    }

    public sealed record Reply
    {
        public IamPolicyVersion? PolicyVersion { get; init; }
    }
}
