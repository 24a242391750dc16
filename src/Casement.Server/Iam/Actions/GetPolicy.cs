using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class GetPolicy : IamOperation<GetPolicy.Request, GetPolicy.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnPolicy(call, Action, request.PolicyArn)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var policy = PolicyCatalog.Demand(tx, call.Scope, request.PolicyArn!);
        var shown = IamPolicy.Of(
            policy,
            Attachments.Counts(tx, call.Scope).GetValueOrDefault(policy.Arn),
            Attachments.BoundaryCounts(tx, call.Scope).GetValueOrDefault(policy.Arn));
        return new Reply
        {
            Policy = policy is KnownPolicy.Own { Row: var row }
                ? shown with { Description = row.Description, Tags = Tags.Of(tx, call.Scope.Global, PrincipalTags.PolicyKind, row.Id).Shown() }
                : shown,
        };
    }));

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }
    }

    public sealed record Reply
    {
        public IamPolicy? Policy { get; init; }
    }
}
