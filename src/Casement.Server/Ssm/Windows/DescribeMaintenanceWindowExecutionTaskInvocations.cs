using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class DescribeMaintenanceWindowExecutionTaskInvocations : Operation<DescribeMaintenanceWindowExecutionTaskInvocations.Request, DescribeMaintenanceWindowExecutionTaskInvocations.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = ExecutionShapes.ByStatus(request.Filters);
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var invocations = call.Read(tx =>
        {
            ExecutionShapes.DemandTask(tx, call.Scope, request.WindowExecutionId!, request.TaskId!);
            return ExecutionHistory.InvocationsOf(tx, request.WindowExecutionId!, request.TaskId!);
        });
        var shown = page.Cut(
            invocations.Where(i => !(i.Ordinal <= page.AfterNumber) && filters.Admits(ExecutionShapes.StatusKey, i.Status)), invocation => (long)invocation.Ordinal);
        return Task.FromResult(new Reply { WindowExecutionTaskInvocationIdentities = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    private static MaintenanceWindowExecutionTaskInvocationIdentity Show(InvocationView invocation) => new()
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
    };

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? TaskId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<MaintenanceWindowFilter>? Filters { get; init; }

        [Range(10, 100)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<MaintenanceWindowExecutionTaskInvocationIdentity>? WindowExecutionTaskInvocationIdentities { get; init; }

        public string? NextToken { get; init; }
    }
}

public sealed record MaintenanceWindowExecutionTaskInvocationIdentity
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
