using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class GetMaintenanceWindowExecutionTaskInvocation : Operation<GetMaintenanceWindowExecutionTaskInvocation.Request, GetMaintenanceWindowExecutionTaskInvocation.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var invocation = call.Read(tx =>
        {
            ExecutionShapes.DemandTask(tx, call.Scope, request.WindowExecutionId!, request.TaskId!);
            return ExecutionHistory.FindInvocation(tx, request.WindowExecutionId!, request.TaskId!, request.InvocationId!)
                ?? throw WindowRules.InvocationDoesNotExist(request.InvocationId!);
        });
        return Task.FromResult(new Reply
        {
            WindowExecutionId = invocation.ExecutionId,
            TaskExecutionId = invocation.TaskExecutionId,
            InvocationId = invocation.InvocationId,
            ExecutionId = invocation.CommandId,
            TaskType = invocation.Doc.TaskType,
            Parameters = ExecutionShapes.CommandText(invocation.Parameters),
            Status = invocation.Status,
            StatusDetails = invocation.Details,
            StartTime = ExecutionShapes.Time(invocation.StartMs),
            EndTime = ExecutionShapes.Time(invocation.EndMs),
            OwnerInformation = invocation.Doc.OwnerInformation,
            WindowTargetId = invocation.TargetId,
        });
    }

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? TaskId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? InvocationId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowExecutionId { get; init; }

        public string? TaskExecutionId { get; init; }

        public string? InvocationId { get; init; }

        public string? ExecutionId { get; init; }

        public string? TaskType { get; init; }

        [Sensitive]
        public string? Parameters { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public DateTimeOffset? StartTime { get; init; }

        public DateTimeOffset? EndTime { get; init; }

        [Sensitive]
        public string? OwnerInformation { get; init; }

        public string? WindowTargetId { get; init; }
    }
}
