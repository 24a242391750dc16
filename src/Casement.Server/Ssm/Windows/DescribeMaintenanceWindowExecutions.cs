using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Executions, newest first. A window that does not exist has none: the model has no error for it.</summary>
public sealed class DescribeMaintenanceWindowExecutions : Operation<DescribeMaintenanceWindowExecutions.Request, DescribeMaintenanceWindowExecutions.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    private const string BeforeKey = "ExecutedBefore";
    private const string AfterKey = "ExecutedAfter";

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = new WindowFilters(request.Filters, BeforeKey, AfterKey);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var (afterMs, afterId) = PageKey.Read(page.After);
        var rows = call.Read(tx => ExecutionHistory.Of(
            tx, call.Scope, request.WindowId!, afterMs, afterId, filters.Before(BeforeKey), filters.After(AfterKey), page.Size + 1));
        var shown = page.Cut(rows, execution => PageKey.Write(execution.OrderMs, execution.ExecutionId));
        return Task.FromResult(new Reply { WindowExecutions = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    private static MaintenanceWindowExecution Show(ExecutionView execution) => new()
    {
        WindowId = execution.WindowId,
        WindowExecutionId = execution.ExecutionId,
        Status = execution.Status,
        StatusDetails = execution.Details,
        StartTime = ExecutionShapes.Time(execution.StartMs),
        EndTime = ExecutionShapes.Time(execution.EndMs),
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
        public IReadOnlyList<MaintenanceWindowExecution>? WindowExecutions { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record MaintenanceWindowExecution
{
    public string? WindowId { get; init; }

    public string? WindowExecutionId { get; init; }

    public string? Status { get; init; }

    public string? StatusDetails { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }
}
