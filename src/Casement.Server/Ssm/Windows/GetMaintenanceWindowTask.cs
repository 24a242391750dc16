using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class GetMaintenanceWindowTask : Operation<GetMaintenanceWindowTask.Request, GetMaintenanceWindowTask.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var task = call.Read(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            return WindowTasks.Find(tx, call.Scope, request.WindowId!, request.WindowTaskId!) ?? throw WindowRules.TaskDoesNotExist(request.WindowTaskId!);
        }).Definition;
        return Task.FromResult(new Reply
        {
            WindowId = request.WindowId,
            WindowTaskId = request.WindowTaskId,
            Targets = task.Targets.ToWireOrAbsent(),
            TaskArn = task.TaskArn,
            ServiceRoleArn = task.ServiceRoleArn,
            TaskType = task.TaskType,
            TaskParameters = task.TaskParameters.ToWire(),
            TaskInvocationParameters = task.InvocationParameters.ToWire(),
            Priority = task.Priority,
            MaxConcurrency = task.MaxConcurrency,
            MaxErrors = task.MaxErrors,
            LoggingInfo = task.LoggingInfo.ToWire(),
            Name = task.Name,
            Description = task.Description,
            CutoffBehavior = task.CutoffBehavior,
            AlarmConfiguration = task.AlarmConfiguration.ToWire(),
        });
    }

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowTaskId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? WindowTaskId { get; init; }

        public IReadOnlyList<Target>? Targets { get; init; }

        public string? TaskArn { get; init; }

        public string? ServiceRoleArn { get; init; }

        public string? TaskType { get; init; }

        [Sensitive]
        public IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression>? TaskParameters { get; init; }

        public MaintenanceWindowTaskInvocationParameters? TaskInvocationParameters { get; init; }

        public int? Priority { get; init; }

        public string? MaxConcurrency { get; init; }

        public string? MaxErrors { get; init; }

        public LoggingInfo? LoggingInfo { get; init; }

        public string? Name { get; init; }

        [Sensitive]
        public string? Description { get; init; }

        public string? CutoffBehavior { get; init; }

        public AlarmConfiguration? AlarmConfiguration { get; init; }
    }
}
