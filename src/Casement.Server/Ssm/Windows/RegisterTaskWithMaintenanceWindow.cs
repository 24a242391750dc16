using Casement.Aws.Wire;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Registers a task. As in AWS neither document, function nor role need exist: what is missing shows when the window opens.</summary>
public sealed class RegisterTaskWithMaintenanceWindow : Operation<RegisterTaskWithMaintenanceWindow.Request, RegisterTaskWithMaintenanceWindow.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    protected override IEnumerable<string> Passes(Request request, Call call) => TaskRules.Passed(request.ServiceRoleArn, request.TaskInvocationParameters);

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        TaskRules.CheckType(request.TaskType!, request.TaskInvocationParameters);
        var targets = request.Targets ?? [];
        TaskRules.CheckTargets(request.TaskType!, targets.Count > 0);
        var limits = TaskRules.Limits(targets.Count > 0, request.MaxConcurrency, request.MaxErrors);
        var named = !string.IsNullOrEmpty(request.ServiceRoleArn);
        if (!named)
        {
            await ServiceLinkedRole.Demand(call);
        }

        var hash = RequestHash.Of(request with { ClientToken = null });
        var id = await call.Write(tx => ClientTokens.Once(tx, call.Scope, Name, request.WindowId!, request.ClientToken, hash, call.NowMs, () =>
        {
            var window = WindowRules.Demand(tx, call.Scope, request.WindowId!);
            WindowRules.Limit(WindowTasks.Count(tx, call.Scope, window.WindowId), call.Backstage.Quotas.TasksPerWindow, "tasks in a maintenance window");
            var definition = Define(request, limits) with
            {
                Targets = TargetRules.CheckOfTask(targets, tx, call.Scope, window, call.Backstage.Quotas),
                ServiceRoleArn = named ? request.ServiceRoleArn! : ServiceLinkedRole.Ensure(tx, call),
            };
            var made = Ids.Uuid();
            WindowTasks.Insert(tx, call.Scope, new WindowTaskRow(window.WindowId, made, definition));
            return made;
        }) ?? throw RequestHash.Mismatch());
        if (!named)
        {
            TaskRules.WarnOfServiceLinkedRole(call);
        }

        return new Reply { WindowTaskId = id };
    }

    private static TaskDefinition Define(Request request, (string MaxConcurrency, string MaxErrors) limits) => new()
    {
        Name = request.Name,
        Description = request.Description,
        TaskArn = request.TaskArn!,
        TaskType = request.TaskType!,
        ServiceRoleArn = "",
        Targets = [],
        InvocationParameters = request.TaskInvocationParameters.ToStored(),
        TaskParameters = request.TaskParameters.ToStored(),
        Priority = request.Priority ?? 0,
        MaxConcurrency = limits.MaxConcurrency,
        MaxErrors = limits.MaxErrors,
        LoggingInfo = request.LoggingInfo.ToStored(),
        CutoffBehavior = request.CutoffBehavior,
        AlarmConfiguration = request.AlarmConfiguration.ToStored(),
    };

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Required, Length(1, 1600)]
        public string? TaskArn { get; init; }

        public string? ServiceRoleArn { get; init; }

        [Required, EnumValues("RUN_COMMAND", "AUTOMATION", "STEP_FUNCTIONS", "LAMBDA")]
        public string? TaskType { get; init; }

        [Sensitive, KeyLength(1, 255)]
        public IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression>? TaskParameters { get; init; }

        public MaintenanceWindowTaskInvocationParameters? TaskInvocationParameters { get; init; }

        [Range(0, long.MaxValue)]
        public int? Priority { get; init; }

        [Length(1, 7), Pattern("^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")]
        public string? MaxConcurrency { get; init; }

        [Length(1, 7), Pattern("^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$")]
        public string? MaxErrors { get; init; }

        public LoggingInfo? LoggingInfo { get; init; }

        [Length(3, 128), Pattern(@"^[a-zA-Z0-9_\-.]{3,128}$")]
        public string? Name { get; init; }

        [Sensitive, Length(1, 128)]
        public string? Description { get; init; }

        [EnumValues("CONTINUE_TASK", "CANCEL_TASK")]
        public string? CutoffBehavior { get; init; }

        public AlarmConfiguration? AlarmConfiguration { get; init; }

        [Length(1, 64)]
        public string? ClientToken { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowTaskId { get; init; }
    }
}
