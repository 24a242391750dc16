using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class ListPolicyTags : IamOperation<ListPolicyTags.Request, EntityTags>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<EntityTags> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var policy = PolicyCatalog.Demand(tx, call.Scope, request.PolicyArn!);
        var tags = policy is KnownPolicy.Own { Row: var row } ? Tags.Of(tx, call.Scope.Global, PrincipalTags.PolicyKind, row.Id) : [];
        return EntityTags.Of(MarkerPages.Cut(call, request.Marker, request.MaxItems, policy.Arn, tags, t => t.Key));
    }));

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }
}
