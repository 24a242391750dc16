using System.Text.Json;
using System.Text.Json.Nodes;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

public sealed class GetMaintenanceWindowExecutionTask : Operation<GetMaintenanceWindowExecutionTask.Request, GetMaintenanceWindowExecutionTask.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var (view, parameters) = call.Read(tx =>
        {
            var found = ExecutionShapes.DemandTask(tx, call.Scope, request.WindowExecutionId!, request.TaskId!);
            return (found, RunTimeParameters(tx, found));
        });
        var task = view.Doc.Task;
        return Task.FromResult(new Reply
        {
            WindowExecutionId = view.ExecutionId,
            TaskExecutionId = view.TaskExecutionId,
            TaskArn = task.TaskArn,
            ServiceRole = task.ServiceRoleArn,
            Type = task.TaskType,
            TaskParameters = [parameters.ToWire()],
            Priority = task.Priority,
            MaxConcurrency = task.MaxConcurrency,
            MaxErrors = task.MaxErrors,
            Status = view.Status,
            StatusDetails = view.Details,
            StartTime = ExecutionShapes.Time(view.StartMs),
            EndTime = ExecutionShapes.Time(view.EndMs),
            AlarmConfiguration = task.AlarmConfiguration.ToWire(),
        });
    }

    /// <summary>
    /// The parameters as the first command was sent them, the task's own before that, and the nodes that were resolved under the
    /// name that AWS gives them.
    /// </summary>
    private static Dictionary<string, IReadOnlyList<string>> RunTimeParameters(Tx tx, TaskExecutionView view)
    {
        var invocations = ExecutionHistory.InvocationsOf(tx, view.ExecutionId, view.TaskExecutionId);
        var task = view.Doc.Task;
        var own = task.InvocationParameters is { } typed ? typed.RunCommand?.Parameters ?? typed.Automation?.Parameters : task.TaskParameters;
        var parameters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (name, values) in Sent(invocations) ?? own ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            parameters[name] = values;
        }

        var nodes = ExecutionHistory.NodesOf(tx, view.ExecutionId, view.TaskExecutionId);
        if (nodes.Count > 0)
        {
            parameters["aws:InstanceId"] = nodes;
        }

        return parameters;
    }

    private static Dictionary<string, IReadOnlyList<string>>? Sent(List<InvocationView> invocations)
    {
        var sent = ExecutionShapes.CommandText(invocations.Select(i => i.Parameters).FirstOrDefault(p => p is not null));
        return sent is null ? null : JsonNode.Parse(sent)?["parameters"].Deserialize<Dictionary<string, IReadOnlyList<string>>>();
    }

    public sealed record Request
    {
        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? WindowExecutionId { get; init; }

        [Required, Length(36, 36), Pattern(@"^[0-9a-fA-F]{8}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{4}\-[0-9a-fA-F]{12}$")]
        public string? TaskId { get; init; }
    }

    public sealed record Reply
    {
        public string? WindowExecutionId { get; init; }

        public string? TaskExecutionId { get; init; }

        public string? TaskArn { get; init; }

        public string? ServiceRole { get; init; }

        public string? Type { get; init; }

        [Sensitive]
        public IReadOnlyList<IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression>>? TaskParameters { get; init; }

        public int? Priority { get; init; }

        public string? MaxConcurrency { get; init; }

        public string? MaxErrors { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public DateTimeOffset? StartTime { get; init; }

        public DateTimeOffset? EndTime { get; init; }

        public AlarmConfiguration? AlarmConfiguration { get; init; }

        public IReadOnlyList<AlarmStateInformation>? TriggeredAlarms { get; init; }
    }
}
