using Casement.Aws.Wire;
using Casement.Policies;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Creates a customer managed policy with its first version.</summary>
public sealed class CreatePolicy : IamOperation<CreatePolicy.Request, CreatePolicy.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        if (request.PolicyName is null)
        {
            return [IamAccess.Account(Action)];
        }

        var arn = $"arn:aws:iam::{call.Scope.Account}:policy{IamAccess.PathOrRoot(request.Path)}{request.PolicyName}";
        var create = new Access(Action, arn) { Shown = $"policy {request.PolicyName}", RequestTags = request.Tags.Pairs() };
        return request.Tags is { Count: > 0 } ? [create, create with { Action = "iam:TagPolicy" }] : [create];
    }

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var tags = request.Tags.Pairs();
        IamTagRules.Check(tags);
        PolicyRules.Parse(request.PolicyDocument!, PolicyKind.Managed);
        var quotas = call.Backstage.Quotas;
        var row = await call.WriteIam(tx =>
        {
            if (ManagedPolicies.ByName(tx, call.Scope, request.PolicyName!) is not null)
            {
                throw IamErrors.PolicyExists(request.PolicyName!);
            }

            IamLimits.DemandSize(quotas, request.PolicyDocument!, IamLimits.PolicyCharacters, "PolicySize");
            IamLimits.DemandRoom(quotas, ManagedPolicies.Count(tx, call.Scope), IamLimits.Policies, "PoliciesPerAccount");
            var policy = new ManagedPolicyRow(
                call.Scope.Account, Ids.Entity("ANPA"), request.PolicyName!, request.Path ?? "/", 1, 2, call.NowMs, call.NowMs)
            {
                Description = request.Description,
            };
            ManagedPolicies.Insert(tx, call.Scope, policy, request.PolicyDocument!);
            IamTagRules.Set(tx, call.Scope, PrincipalTags.PolicyKind, policy.Id, tags, quotas);
            return policy;
        });
        return new Reply { Policy = IamPolicy.Of(new KnownPolicy.Own(row), 0, 0) with { Tags = tags.Shown() } };
    }

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }

        [Length(1, 512), Pattern(IamPatterns.PolicyPath)]
        public string? Path { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? PolicyDocument { get; init; }

        [Length(0, 1000)]
        public string? Description { get; init; }

        [Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }

    public sealed record Reply
    {
        public IamPolicy? Policy { get; init; }
    }
}
