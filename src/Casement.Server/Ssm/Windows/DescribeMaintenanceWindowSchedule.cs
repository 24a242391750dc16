using Casement.Aws.Wire;
using Casement.Schedules;
using Casement.Server.Operations;
using Casement.Storage;
using System.Globalization;

namespace Casement.Server.Ssm.Windows;

/// <summary>The openings that lie ahead, of one window, of those with a target, or of all, in order of time.</summary>
public sealed class DescribeMaintenanceWindowSchedule : Operation<DescribeMaintenanceWindowSchedule.Request, DescribeMaintenanceWindowSchedule.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    private const string BeforeKey = "ScheduledBefore";
    private const string AfterKey = "ScheduledAfter";

    /// <summary>The model has no bound; without one a request could ask for centuries.</summary>
    private const int SizeMax = 1000;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = new WindowFilters(request.Filters, BeforeKey, AfterKey);
        if (request.Targets is { Count: > 0 } != request.ResourceType is not null)
        {
            throw WindowFilters.Refuse("Targets and ResourceType must be given together.");
        }

        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException, SizeMax);
        var (lastMs, lastSeq) = PageKey.Read(page.After);
        var from = Math.Max(call.NowMs, filters.After(AfterKey) ?? long.MinValue);
        var after = lastMs is { } ms && ms >= from
            ? new OpeningKey(ms, long.Parse(lastSeq!, CultureInfo.InvariantCulture))
            : new OpeningKey(from, long.MaxValue);
        var shown = call.ReadConsistently(tx => page.Cut(
            Openings.Merged(Windows(tx, request, call), after, filters.Before(BeforeKey), call.Backstage.Zones),
            opening => PageKey.Write(opening.Key.Ms, opening.Key.Seq.ToString(CultureInfo.InvariantCulture))));
        return Task.FromResult(new Reply { ScheduledWindowExecutions = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    /// <summary>The windows asked for, by their next opening; all of them when the request names neither window nor targets.</summary>
    private static IEnumerable<WindowRow> Windows(Tx tx, Request request, Call call)
    {
        if (request.WindowId is null && request.ResourceType is null)
        {
            return Openings.AllWindows(tx, call.Scope);
        }

        List<WindowRow> windows = request.ResourceType is null
            ? []
            : WindowsByTarget.Find(tx, call.Scope, TargetRules.Check(request.Targets!, request.ResourceType, call.Backstage.Quotas), request.ResourceType);
        if (request.WindowId is { } id)
        {
            var window = WindowRules.Demand(tx, call.Scope, id);
            windows = request.ResourceType is null || windows.Any(w => w.WindowId == id) ? [window] : [];
        }

        return windows.Where(w => w.NextMs is not null).OrderBy(w => w.NextMs);
    }

    private static ScheduledWindowExecution Show(WindowOpening opening) => new()
    {
        WindowId = opening.Window.WindowId,
        Name = opening.Window.Name,
        ExecutionTime = OccurrenceText.Format(opening.At, opening.Schedule),
    };

    public sealed record Request
    {
        [Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [EnumValues("INSTANCE", "RESOURCE_GROUP")]
        public string? ResourceType { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<MaintenanceWindowFilter>? Filters { get; init; }

        [Range(1, long.MaxValue)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<ScheduledWindowExecution>? ScheduledWindowExecutions { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record ScheduledWindowExecution
{
    public string? WindowId { get; init; }

    public string? Name { get; init; }

    public string? ExecutionTime { get; init; }
}
