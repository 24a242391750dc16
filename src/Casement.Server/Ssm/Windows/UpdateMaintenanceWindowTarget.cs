using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class UpdateMaintenanceWindowTarget : Operation<UpdateMaintenanceWindowTarget.Request, UpdateMaintenanceWindowTarget.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        WindowAccess.ToTarget(Action, request.WindowId, request.WindowTargetId, call);

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        if (request.Replace == true)
        {
            WindowRules.RequireForReplace(("targets", request.Targets));
        }

        var target = await call.Write(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            var before = WindowTargets.Find(tx, call.Scope, request.WindowId!, request.WindowTargetId!)
                ?? throw WindowRules.TargetDoesNotExist(request.WindowTargetId!);
            var after = before with { Definition = Merge(before.Definition, request, call.Backstage.Quotas) };
            return WindowTargets.Update(tx, call.Scope, after) ? after.Definition : throw WindowRules.ChangedMeanwhile();
        });
        return new Reply
        {
            WindowId = request.WindowId,
            WindowTargetId = request.WindowTargetId,
            Targets = target.Targets.ToWire(),
            OwnerInformation = target.OwnerInformation,
            Name = target.Name,
            Description = target.Description,
        };
    }

    private static TargetDefinition Merge(TargetDefinition stored, Request sent, Quotas quotas)
    {
        // under Replace what is not sent is cleared; else it stays
        var kept = sent.Replace == true ? null : stored;
        var type = sent.Targets is { Count: > 0 } ? TargetRules.TypeOf(sent.Targets) : stored.ResourceType;
        return new TargetDefinition
        {
            // an update may switch from nodes to a group: the type goes along, since the other one would not fit
            ResourceType = type,
            Targets = sent.Targets is null ? stored.Targets : TargetRules.Check(sent.Targets, type, quotas),
            OwnerInformation = sent.OwnerInformation ?? kept?.OwnerInformation,
            Name = sent.Name ?? kept?.Name,
            Description = sent.Description ?? kept?.Description,
        };
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowTargetId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Sensitive, Length(1, 128)]
        public string? OwnerInformation { get; init; }

        [Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
        public string? Name { get; init; }

        [Sensitive, Length(1, 128)]
        public string? Description { get; init; }

        public bool? Replace { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? WindowTargetId { get; init; }

        public IReadOnlyList<Target>? Targets { get; init; }

        [Sensitive]
        public string? OwnerInformation { get; init; }

        public string? Name { get; init; }

        [Sensitive]
        public string? Description { get; init; }
    }
}
