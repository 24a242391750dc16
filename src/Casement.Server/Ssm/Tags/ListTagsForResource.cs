using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Tags;

public sealed class ListTagsForResource : Operation<ListTagsForResource.Request, ListTagsForResource.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [TaggedResource.To(Action, request.ResourceType, request.ResourceId, call)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var tags = call.Read(tx =>
        {
            var resource = TaggedResource.Demand(tx, call, request.ResourceType!, request.ResourceId!);
            return Storage.Tags.Of(tx, call.Scope, resource.Kind, resource.Id);
        });
        return Task.FromResult(new Reply { TagList = [.. tags.Select(t => new Tag { Key = t.Key, Value = t.Value })] });
    }

    public sealed record Request
    {
        [Required, EnumValues("Document", "ManagedInstance", "MaintenanceWindow", "Parameter", "PatchBaseline", "OpsItem", "OpsMetadata", "Automation", "Association")]
        public string? ResourceType { get; init; }

        [Required]
        public string? ResourceId { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<Tag>? TagList { get; init; }
    }
}
