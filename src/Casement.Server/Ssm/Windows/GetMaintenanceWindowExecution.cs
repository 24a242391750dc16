using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class GetMaintenanceWindowExecution : Operation<GetMaintenanceWindowExecution.Request, GetMaintenanceWindowExecution.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var (execution, tasks) = call.Read(tx => (
            ExecutionShapes.Demand(tx, call.Scope, request.WindowExecutionId!),
            ExecutionHistory.TasksOf(tx, request.WindowExecutionId!)));
        return Task.FromResult(new Reply
        {
            WindowExecutionId = execution.ExecutionId,
            TaskIds = [.. tasks.Select(t => t.TaskExecutionId)],
            Status = execution.Status,
            StatusDetails = execution.Details,
            StartTime = ExecutionShapes.Time(execution.StartMs),
            EndTime = ExecutionShapes.Time(execution.EndMs),
        });
    }

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowExecutionId { get; init; }

        public IReadOnlyList<string>? TaskIds { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public DateTimeOffset? StartTime { get; init; }

        public DateTimeOffset? EndTime { get; init; }
    }
}
