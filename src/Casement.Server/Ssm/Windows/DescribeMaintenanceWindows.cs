using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class DescribeMaintenanceWindows : Operation<DescribeMaintenanceWindows.Request, DescribeMaintenanceWindows.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    private const string NameKey = "Name";
    private const string EnabledKey = "Enabled";

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = new WindowFilters(request.Filters, NameKey, EnabledKey);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var prefixes = Prefixes(filters);
        var states = States(filters);
        if (states.Count == 0)
        {
            return Task.FromResult(new Reply { WindowIdentities = [] });
        }

        bool? enabled = states.Count == 1 ? states[0] : null;
        var shown = page.Cut(
            call.Read(tx => prefixes is null
                ? Storage.Windows.After(tx, call.Scope, page.AfterNumber, enabled, page.Size + 1)
                : ByPrefix(tx, call.Scope, prefixes, page, enabled)),
            window => window.Seq);
        return Task.FromResult(new Reply { WindowIdentities = [.. shown.Items.Select(window => Show(window, call))], NextToken = shown.NextToken });
    }

    /// <summary>
    /// The prefixes that a name may begin with; null without a filter. Where several filters must hold, the longer of two that
    /// agree is what both want.
    /// </summary>
    private static List<string>? Prefixes(WindowFilters filters)
    {
        List<string>? wanted = null;
        foreach (var values in filters.Of(NameKey))
        {
            wanted = wanted is null
                ? [.. values]
                : [.. wanted.SelectMany(_ => values, (a, b) => a.StartsWith(b, StringComparison.Ordinal) ? a : b.StartsWith(a, StringComparison.Ordinal) ? b : null).OfType<string>()];
        }

        return wanted?.Distinct(StringComparer.Ordinal).ToList();
    }

    private static List<bool> States(WindowFilters filters)
    {
        List<bool> wanted = [true, false];
        foreach (var values in filters.Of(EnabledKey))
        {
            var states = values.Select(value => bool.TryParse(value, out var state)
                ? state
                : throw WindowFilters.Refuse($"Invalid value of filter {EnabledKey}: {value}. It is true or false."));
            wanted = [.. wanted.Intersect(states)];
        }

        return wanted;
    }

    private static List<WindowRow> ByPrefix(Tx tx, Scope scope, List<string> prefixes, Page page, bool? enabled) => prefixes
        .SelectMany(prefix => Storage.Windows.AfterByPrefix(tx, scope, page.AfterNumber, enabled, prefix, page.Size + 1))
        .DistinctBy(window => window.Seq)
        .OrderBy(window => window.Seq)
        .ToList();

    private static MaintenanceWindowIdentity Show(WindowRow window, Call call) => new()
    {
        WindowId = window.WindowId,
        Name = window.Name,
        Description = window.Definition.Description,
        Enabled = window.Enabled,
        Duration = window.Definition.Duration,
        Cutoff = window.Definition.Cutoff,
        Schedule = window.Definition.Schedule,
        ScheduleTimezone = window.Definition.ScheduleTimezone,
        ScheduleOffset = window.Definition.ScheduleOffset,
        EndDate = window.Definition.EndDate,
        StartDate = window.Definition.StartDate,
        NextExecutionTime = WindowTimes.NextText(window, call),
    };

    public sealed record Request
    {
        [Length(0, 5)]
        public IReadOnlyList<MaintenanceWindowFilter>? Filters { get; init; }

        [Range(10, 100)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<MaintenanceWindowIdentity>? WindowIdentities { get; init; }

        public string? NextToken { get; init; }
    }
}

/// <summary>A window in a listing: unlike Get without AllowUnassociatedTargets and dates.</summary>
public sealed record MaintenanceWindowIdentity
{
    public string? WindowId { get; init; }

    public string? Name { get; init; }

    [Sensitive]
    public string? Description { get; init; }

    public bool? Enabled { get; init; }

    public int? Duration { get; init; }

    public int? Cutoff { get; init; }

    public string? Schedule { get; init; }

    public string? ScheduleTimezone { get; init; }

    public int? ScheduleOffset { get; init; }

    public string? EndDate { get; init; }

    public string? StartDate { get; init; }

    public string? NextExecutionTime { get; init; }
}
