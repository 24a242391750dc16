using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class DescribeMaintenanceWindowTargets : Operation<DescribeMaintenanceWindowTargets.Request, DescribeMaintenanceWindowTargets.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    private const string TypeKey = "Type";
    private const string IdKey = "WindowTargetId";
    private const string OwnerKey = "OwnerInformation";

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = new WindowFilters(request.Filters, TypeKey, IdKey, OwnerKey).Among(TypeKey, TargetRules.Instance, TargetRules.ResourceGroup);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var targets = call.Read(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            return WindowTargets.Of(tx, call.Scope, request.WindowId!);
        });
        var shown = page.Cut(
            targets.Where(t => !(t.Seq <= page.AfterNumber)
                && filters.Admits(TypeKey, t.Definition.ResourceType)
                && filters.Admits(IdKey, t.TargetId)
                && filters.Admits(OwnerKey, t.Definition.OwnerInformation)),
            target => target.Seq);
        return Task.FromResult(new Reply { Targets = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    private static MaintenanceWindowTarget Show(WindowTargetRow target) => new()
    {
        WindowId = target.WindowId,
        WindowTargetId = target.TargetId,
        ResourceType = target.Definition.ResourceType,
        Targets = target.Definition.Targets.ToWire(),
        OwnerInformation = target.Definition.OwnerInformation,
        Name = target.Definition.Name,
        Description = target.Definition.Description,
    };

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<MaintenanceWindowFilter>? Filters { get; init; }

        [Range(10, 100)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<MaintenanceWindowTarget>? Targets { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record MaintenanceWindowTarget
{
    public string? WindowId { get; init; }

    public string? WindowTargetId { get; init; }

    public string? ResourceType { get; init; }

    public IReadOnlyList<Target>? Targets { get; init; }

    [Sensitive]
    public string? OwnerInformation { get; init; }

    public string? Name { get; init; }

    [Sensitive]
    public string? Description { get; init; }
}
