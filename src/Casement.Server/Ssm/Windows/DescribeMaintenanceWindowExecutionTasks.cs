using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class DescribeMaintenanceWindowExecutionTasks : Operation<DescribeMaintenanceWindowExecutionTasks.Request, DescribeMaintenanceWindowExecutionTasks.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = ExecutionShapes.ByStatus(request.Filters);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var tasks = call.Read(tx =>
        {
            ExecutionShapes.Demand(tx, call.Scope, request.WindowExecutionId!);
            return ExecutionHistory.TasksOf(tx, request.WindowExecutionId!);
        });
        var shown = page.Cut(
            tasks.Where(t => !(t.Ordinal <= page.AfterNumber) && filters.Admits(ExecutionShapes.StatusKey, t.Status)), task => (long)task.Ordinal);
        return Task.FromResult(new Reply { WindowExecutionTaskIdentities = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    private static MaintenanceWindowExecutionTaskIdentity Show(TaskExecutionView task) => new()
    {
        WindowExecutionId = task.ExecutionId,
        TaskExecutionId = task.TaskExecutionId,
        Status = task.Status,
        StatusDetails = task.Details,
        StartTime = ExecutionShapes.Time(task.StartMs),
        EndTime = ExecutionShapes.Time(task.EndMs),
        TaskArn = task.Doc.Task.TaskArn,
        TaskType = task.Doc.Task.TaskType,
        AlarmConfiguration = task.Doc.Task.AlarmConfiguration.ToWire(),
    };

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<MaintenanceWindowFilter>? Filters { get; init; }

        [Range(10, 100)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<MaintenanceWindowExecutionTaskIdentity>? WindowExecutionTaskIdentities { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record MaintenanceWindowExecutionTaskIdentity
{
    public string? WindowExecutionId { get; init; }

    public string? TaskExecutionId { get; init; }

    public string? Status { get; init; }

    public string? StatusDetails { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public string? TaskArn { get; init; }

    public string? TaskType { get; init; }

    public AlarmConfiguration? AlarmConfiguration { get; init; }

    public IReadOnlyList<AlarmStateInformation>? TriggeredAlarms { get; init; }
}
