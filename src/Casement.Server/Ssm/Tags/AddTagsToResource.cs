using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Ssm.Tags;

public sealed class AddTagsToResource : Operation<AddTagsToResource.Request, Nothing>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [TaggedResource.To(Action, request.ResourceType, request.ResourceId, call) with { RequestTags = request.Tags.Pairs() }];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var tags = request.Tags.Pairs();
        TagRules.Check(tags, call.Backstage.Quotas);
        await call.Write(tx =>
        {
            var resource = TaggedResource.Demand(tx, call, request.ResourceType!, request.ResourceId!);
            var window = Storage.Windows.Find(tx, call.Scope, resource.Id);
            Storage.Tags.Set(tx, call.Scope, resource.Kind, resource.Id, tags);
            if (window is not null)
            {
                // one of a window's tags decides on repeated hours
                WindowTimes.TagsChanged(tx, call, window);
            }

            if (Storage.Tags.Of(tx, call.Scope, resource.Kind, resource.Id).Count > call.Backstage.Quotas.TagsPerResource)
            {
                throw new AwsException("TooManyTagsError", "");
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

        [Required, Length(0, 1000)]
        public IReadOnlyList<Tag>? Tags { get; init; }
    }
}
