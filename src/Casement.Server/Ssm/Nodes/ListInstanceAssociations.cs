using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Asked by every agent now and then. There are no associations, so the answer is an empty list.</summary>
public sealed class ListInstanceAssociations : Operation<ListInstanceAssociations.Request, ListInstanceAssociations.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [NodeAccess.To(Action, request.InstanceId, call)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await NodeAccess.Seat(call, request.InstanceId!);
        return new Reply { Associations = [] };
    }

    public sealed record Request
    {
        [Required, Length(1, 124)]
        public string? InstanceId { get; init; }

        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<Association>? Associations { get; init; }
    }

    public sealed record Association
    {
        public string? AssociationId { get; init; }
    }
}
