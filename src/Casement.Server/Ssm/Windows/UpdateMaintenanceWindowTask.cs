using Casement.Aws.Wire;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;
using System.Text.Json;

namespace Casement.Server.Ssm.Windows;

public sealed class UpdateMaintenanceWindowTask : Operation<UpdateMaintenanceWindowTask.Request, UpdateMaintenanceWindowTask.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        WindowAccess.ToTask(Action, request.WindowId, request.WindowTaskId, call);

    protected override IEnumerable<string> Passes(Request request, Call call) => TaskRules.Passed(request.ServiceRoleArn, request.TaskInvocationParameters);

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        if (request.Replace == true)
        {
            WindowRules.RequireForReplace(("taskArn", request.TaskArn));
        }

        var stored = call.Read(tx => Demand(tx, call.Scope, request));
        var authorised = await Authorise(stored, request, call);
        var task = await call.Write(tx =>
        {
            var window = WindowRules.Demand(tx, call.Scope, request.WindowId!);
            var before = Demand(tx, call.Scope, request);
            if (before.Version != stored.Version && RoleToPass(before.Definition, request, call.Scope.Account) is { } role && role != authorised)
            {
                throw WindowRules.ChangedMeanwhile();
            }

            var targets = request.Targets is null ? null : TargetRules.CheckOfTask(request.Targets, tx, call.Scope, window, call.Backstage.Quotas);
            var after = before with { Definition = Merge(before.Definition, request, targets) };
            if (after.Definition.ServiceRoleArn.Length == 0)
            {
                after = after with { Definition = after.Definition with { ServiceRoleArn = ServiceLinkedRole.Ensure(tx, call) } };
            }

            return WindowTasks.Update(tx, call.Scope, after) ? after.Definition : throw WindowRules.ChangedMeanwhile();
        });
        if (LosesRole(request))
        {
            TaskRules.WarnOfServiceLinkedRole(call);
        }

        return Show(request, task);
    }

    private static WindowTaskRow Demand(Tx tx, Scope scope, Request request)
    {
        WindowRules.Demand(tx, scope, request.WindowId!);
        return WindowTasks.Find(tx, scope, request.WindowId!, request.WindowTaskId!) ?? throw WindowRules.TaskDoesNotExist(request.WindowTaskId!);
    }

    /// <summary>Under Replace a role that is not sent is cleared, which makes the task run as the service-linked one.</summary>
    private static bool LosesRole(Request request) => request.Replace == true && string.IsNullOrEmpty(request.ServiceRoleArn);

    /// <summary>
    /// Whoever may not hand a role over may not change what runs under it either: else an update would be the way around the
    /// permission that registration asks for.
    /// </summary>
    private static async Task<string?> Authorise(WindowTaskRow stored, Request request, Call call)
    {
        if (LosesRole(request))
        {
            await ServiceLinkedRole.Demand(call);
        }

        var role = RoleToPass(stored.Definition, request, call.Scope.Account);
        if (role is not null)
        {
            await call.AuthorizePass(role);
        }

        return role;
    }

    /// <summary>
    /// The stored role, if the request leaves it and changes what runs under it; null else. The service-linked role is not
    /// passed, just as registration does not ask for it.
    /// </summary>
    private static string? RoleToPass(TaskDefinition stored, Request request, string account)
    {
        if (!string.IsNullOrEmpty(request.ServiceRoleArn) || LosesRole(request) || ServiceLinkedRole.IsArn(stored.ServiceRoleArn, account))
        {
            return null;
        }

        var changes = (request.TaskArn is { } arn && arn != stored.TaskArn)
            || (request.Targets is { } targets && !Same(targets, stored.Targets.ToWire()))
            || (request.TaskInvocationParameters is { } typed && !Same(typed.ToStored(), stored.InvocationParameters))
            || (request.TaskParameters is { } legacy && !Same(legacy.ToStored(), stored.TaskParameters));
        return changes ? stored.ServiceRoleArn : null;
    }

    private static bool Same<T>(T a, T b) => JsonSerializer.SerializeToUtf8Bytes(a).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b));

    private static TaskDefinition Merge(TaskDefinition stored, Request sent, IReadOnlyList<TargetSelector>? sentTargets)
    {
        TaskRules.CheckType(stored.TaskType, sent.TaskInvocationParameters);

        // under Replace what is not sent is cleared; else it stays
        var kept = sent.Replace == true ? null : stored;
        var targets = sentTargets ?? kept?.Targets ?? [];
        TaskRules.CheckTargets(stored.TaskType, targets.Count > 0);

        // the limits of a task without targets are placeholders, which do not become its own when it gets targets
        var limited = targets.Count > 0 && stored.Targets.Count > 0 ? kept : null;
        var limits = TaskRules.Limits(targets.Count > 0, sent.MaxConcurrency ?? limited?.MaxConcurrency, sent.MaxErrors ?? limited?.MaxErrors);
        return new TaskDefinition
        {
            Name = sent.Name ?? kept?.Name,
            Description = sent.Description ?? kept?.Description,
            TaskArn = sent.TaskArn ?? stored.TaskArn,
            TaskType = stored.TaskType,
            ServiceRoleArn = string.IsNullOrEmpty(sent.ServiceRoleArn) ? kept?.ServiceRoleArn ?? "" : sent.ServiceRoleArn,
            Targets = targets,
            InvocationParameters = sent.TaskInvocationParameters.ToStored() ?? kept?.InvocationParameters,
            TaskParameters = sent.TaskParameters.ToStored() ?? kept?.TaskParameters,
            Priority = sent.Priority ?? kept?.Priority ?? 0,
            MaxConcurrency = limits.MaxConcurrency,
            MaxErrors = limits.MaxErrors,
            LoggingInfo = sent.LoggingInfo.ToStored() ?? kept?.LoggingInfo,
            CutoffBehavior = sent.CutoffBehavior ?? kept?.CutoffBehavior,
            AlarmConfiguration = sent.AlarmConfiguration.ToStored() ?? kept?.AlarmConfiguration,
        };
    }

    private static Reply Show(Request request, TaskDefinition task) => new()
    {
        WindowId = request.WindowId,
        WindowTaskId = request.WindowTaskId,
        Targets = task.Targets.ToWireOrAbsent(),
        TaskArn = task.TaskArn,
        ServiceRoleArn = task.ServiceRoleArn,
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
    };

    public sealed record Request
    {
        [Required, Length(20, 20), Pattern("^mw-[0-9a-f]{17}$")]
        public string? WindowId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowTaskId { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Length(1, 1600)]
        public string? TaskArn { get; init; }

        public string? ServiceRoleArn { get; init; }

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

        public bool? Replace { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowId { get; init; }

        public string? WindowTaskId { get; init; }

        public IReadOnlyList<Target>? Targets { get; init; }

        public string? TaskArn { get; init; }

        public string? ServiceRoleArn { get; init; }

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
