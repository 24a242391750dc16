using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Iam.Actions;

public sealed class UntagPolicy : IamOperation<UntagPolicy.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [IamAccess.OnPolicy(call, Action, request.PolicyArn) with { TagKeys = request.TagKeys }];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var policy = PolicyCatalog.DemandOwn(tx, call.Scope, request.PolicyArn!);
        IamTagRules.Remove(tx, call.Scope, PrincipalTags.PolicyKind, policy.Id, request.TagKeys!);
    });

    public sealed record Request
    {
        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }

        [Required, Length(0, 50), EachLength(1, 128), EachPattern(IamPatterns.TagKey)]
        public IReadOnlyList<string>? TagKeys { get; init; }
    }
}
