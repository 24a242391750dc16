using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Nodes;

/// <summary>There are no associations, so the answer is an empty list.</summary>
public sealed class ListAssociations : Operation<ListAssociations.Request, ListAssociations.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(new Reply { Associations = [] });

    public sealed record Request
    {
        public IReadOnlyList<AssociationFilter>? AssociationFilterList { get; init; }

        [Range(1, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record AssociationFilter
    {
        [WireName("key"), Required]
        public string? Key { get; init; }

        [WireName("value"), Required, Length(1, -1)]
        public string? Value { get; init; }
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
