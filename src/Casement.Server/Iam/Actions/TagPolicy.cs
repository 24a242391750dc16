using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;

namespace Casement.Server.Iam.Actions;

public sealed class TagPolicy : IamOperation<TagPolicy.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [IamAccess.OnPolicy(call, Action, request.PolicyArn) with { RequestTags = request.Tags.Pairs() }];

    protected override Task<Nothing> Handle(Request request, Call call)
    {
        var tags = request.Tags.Pairs();
        IamTagRules.Check(tags);
        return call.WriteIam(tx =>
        {
            var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
            IamTagRules.Set(tx, call.Scope, PrincipalTags.PolicyKind, policy.Id, tags, call.Backstage.Quotas);
        });
    }

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }
}
