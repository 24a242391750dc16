using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Windows;

/// <summary>The windows with a target or task that a node, a tag or a group belongs to.</summary>
public sealed class DescribeMaintenanceWindowsForTarget : Operation<DescribeMaintenanceWindowsForTarget.Request, DescribeMaintenanceWindowsForTarget.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    private const int SizeMax = 1000;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var targets = TargetRules.Check(request.Targets!, request.ResourceType!, call.Backstage.Quotas);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException, SizeMax);
        var windows = call.Read(tx => WindowsByTarget.Find(tx, call.Scope, targets, request.ResourceType!));
        var shown = page.Cut(windows.Where(w => !(w.Seq <= page.AfterNumber)), window => window.Seq);
        return Task.FromResult(new Reply
        {
            WindowIdentities = [.. shown.Items.Select(w => new MaintenanceWindowIdentityForTarget { WindowId = w.WindowId, Name = w.Name })],
            NextToken = shown.NextToken,
        });
    }

    public sealed record Request
    {
        [Required, Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Required, EnumValues("INSTANCE", "RESOURCE_GROUP")]
        public string? ResourceType { get; init; }

        [Range(1, long.MaxValue)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<MaintenanceWindowIdentityForTarget>? WindowIdentities { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record MaintenanceWindowIdentityForTarget
{
    public string? WindowId { get; init; }

    public string? Name { get; init; }
}
