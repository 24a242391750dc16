using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;
using System.Globalization;

namespace Casement.Server.Ssm.Windows;

public sealed class DescribeMaintenanceWindowTasks : Operation<DescribeMaintenanceWindowTasks.Request, DescribeMaintenanceWindowTasks.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [WindowAccess.To(Action, request.WindowId, call)];

    private const string IdKey = "WindowTaskId";
    private const string ArnKey = "TaskArn";
    private const string PriorityKey = "Priority";
    private const string TypeKey = "TaskType";

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = new WindowFilters(request.Filters, IdKey, ArnKey, PriorityKey, TypeKey)
            .Among(TypeKey, "RUN_COMMAND", "AUTOMATION", "STEP_FUNCTIONS", "LAMBDA");
        var page = call.Backstage.Paging.Open(
            call, request with { NextToken = null, MaxResults = null }, request.NextToken, request.MaxResults, Paging.ValidationException);
        var tasks = call.Read(tx =>
        {
            WindowRules.Demand(tx, call.Scope, request.WindowId!);
            return WindowTasks.Of(tx, call.Scope, request.WindowId!);
        });
        var shown = page.Cut(
            tasks.Where(t => !(t.Seq <= page.AfterNumber)
                && filters.Admits(IdKey, t.TaskId)
                && filters.Admits(ArnKey, t.Definition.TaskArn)
                && filters.Admits(PriorityKey, t.Definition.Priority.ToString(CultureInfo.InvariantCulture))
                && filters.Admits(TypeKey, t.Definition.TaskType)),
            task => task.Seq);
        return Task.FromResult(new Reply { Tasks = [.. shown.Items.Select(Show)], NextToken = shown.NextToken });
    }

    private static MaintenanceWindowTask Show(WindowTaskRow row)
    {
        var task = row.Definition;
        return new MaintenanceWindowTask
        {
            WindowId = row.WindowId,
            WindowTaskId = row.TaskId,
            TaskArn = task.TaskArn,
            Type = task.TaskType,
            Targets = task.Targets.ToWireOrAbsent(),
            TaskParameters = task.TaskParameters.ToWire(),
            Priority = task.Priority,
            LoggingInfo = task.LoggingInfo.ToWire(),
            ServiceRoleArn = task.ServiceRoleArn,
            MaxConcurrency = task.MaxConcurrency,
            MaxErrors = task.MaxErrors,
            Name = task.Name,
            Description = task.Description,
            CutoffBehavior = task.CutoffBehavior,
            AlarmConfiguration = task.AlarmConfiguration.ToWire(),
        };
    }

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
        public IReadOnlyList<MaintenanceWindowTask>? Tasks { get; init; }

        public string? NextToken { get; init; }
    }
}

/// <summary>A task in a listing: unlike Get without TaskInvocationParameters, and with its type as Type.</summary>
public sealed record MaintenanceWindowTask
{
    public string? WindowId { get; init; }

    public string? WindowTaskId { get; init; }

    public string? TaskArn { get; init; }

    public string? Type { get; init; }

    public IReadOnlyList<Target>? Targets { get; init; }

    [Sensitive]
    public IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression>? TaskParameters { get; init; }

    public int? Priority { get; init; }

    public LoggingInfo? LoggingInfo { get; init; }

    public string? ServiceRoleArn { get; init; }

    public string? MaxConcurrency { get; init; }

    public string? MaxErrors { get; init; }

    public string? Name { get; init; }

    [Sensitive]
    public string? Description { get; init; }

    public string? CutoffBehavior { get; init; }

    public AlarmConfiguration? AlarmConfiguration { get; init; }
}
