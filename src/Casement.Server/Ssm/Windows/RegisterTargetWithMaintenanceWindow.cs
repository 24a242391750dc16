using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Registers a target. Nodes and groups need not exist: they are looked up each time the window opens.</summary>
public sealed class RegisterTargetWithMaintenanceWindow : Operation<RegisterTargetWithMaintenanceWindow.Request, RegisterTargetWithMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var quotas = call.Backstage.Quotas;
        var definition = new TargetDefinition
        {
            ResourceType = request.ResourceType!,
            Targets = TargetRules.Check(request.Targets!, request.ResourceType!, quotas),
            OwnerInformation = request.OwnerInformation,
            Name = request.Name,
            Description = request.Description,
        };
        var hash = RequestHash.Of(request with { ClientToken = null });
        var id = await call.Write(tx => ClientTokens.Once(tx, call.Scope, Name, request.WindowId!, request.ClientToken, hash, call.NowMs, () =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            WindowRules.Limit(WindowTargets.Count(tx, call.Scope, request.WindowId!), quotas.TargetsPerWindow, "targets in a maintenance window");
            var made = Ids.Uuid();
            WindowTargets.Insert(tx, call.Scope, new WindowTargetRow(request.WindowId!, made, definition));
            return made;
        }) ?? throw RequestHash.Mismatch());
        return new Reply { WindowTargetId = id };
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, EnumValues("INSTANCE", "RESOURCE_GROUP")]
        public string? ResourceType { get; init; }

        [Required, Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Sensitive, Length(1, 128)]
        public string? OwnerInformation { get; init; }

        [Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
        public string? Name { get; init; }

        [Sensitive, Length(1, 128)]
        public string? Description { get; init; }

        [Length(1, 64)]
        public string? ClientToken { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowTargetId { get; init; }
    }
}
