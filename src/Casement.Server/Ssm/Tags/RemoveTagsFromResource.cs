using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Ssm.Tags;

/// <summary>Removes tags; keys that the resource does not have are no error.</summary>
public sealed class RemoveTagsFromResource : Operation<RemoveTagsFromResource.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [TaggedResource.To(Action, request.ResourceType, request.ResourceId, call) with { TagKeys = request.TagKeys ?? [] }];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        await call.Write(tx =>
        {
            var resource = TaggedResource.Demand(tx, call, request.ResourceType!, request.ResourceId!);
            var window = Storage.Windows.Find(tx, call.Scope, resource.Id);
            Storage.Tags.Remove(tx, call.Scope, resource.Kind, resource.Id, request.TagKeys!);
            if (window is not null)
            {
                // one of a window's tags decides on repeated hours
                WindowTimes.TagsChanged(tx, call, window);
            }
        });
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, EnumValues("Document", "ManagedInstance", "MaintenanceWindow", "Parameter", "PatchBaseline", "OpsItem", "OpsMetadata", "Automation", "Association")]
        public string? ResourceType { get; init; }

        [Required]
        public string? ResourceId { get; init; }

        [Required, EachLength(1, 128), EachPattern(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$")]
        public IReadOnlyList<string>? TagKeys { get; init; }
    }
}
