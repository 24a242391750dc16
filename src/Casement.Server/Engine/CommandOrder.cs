using Casement.Executions;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Storage;

namespace Casement.Server.Engine;

/// <summary>From a window's task and one of its targets to the SendCommand request that carries it out.</summary>
internal static class CommandOrder
{
    public static SendCommand.Request Of(StoredExecution stored, TaskState task, TaskDefinition definition, Effect.StartInvocation start)
    {
        var planned = task.Plan.Targets[start.Ordinal];
        var registered = stored.Snapshot.Targets.FirstOrDefault(t => t.TargetId == planned.WindowTargetId)?.Definition;
        var pseudo = new PseudoParameters
        {
            WindowId = stored.State.WindowId,
            WindowTaskId = task.Plan.WindowTaskId,
            WindowExecutionId = stored.State.ExecutionId,
            TaskExecutionId = task.TaskExecutionId,
            InvocationId = start.InvocationId,
            WindowTargetId = planned.WindowTargetId,
            TargetType = registered?.ResourceType,
        };
        var run = definition.InvocationParameters?.RunCommand;
        var selectors = registered?.Targets ?? [.. definition.Targets.Where(t => t.Key != TaskPlan.WindowTargetIds)];
        var ids = selectors.FirstOrDefault(t => t.Key == "InstanceIds")?.Values;
        return new SendCommand.Request
        {
            DocumentName = definition.TaskArn,
            DocumentVersion = run?.DocumentVersion,
            DocumentHash = run?.DocumentHash,
            DocumentHashType = run?.DocumentHashType,
            Comment = run?.Comment is { } comment ? pseudo.Substitute(comment, task.Plan.Type) : null,
            TimeoutSeconds = run?.TimeoutSeconds,
            Parameters = Substituted(run?.Parameters ?? (run is null ? definition.TaskParameters : null), pseudo, task.Plan.Type),
            InstanceIds = ids,
            Targets = ids is not null ? null : [.. selectors.Select(t => new Target { Key = t.Key, Values = t.Values })],
            MaxConcurrency = definition.MaxConcurrency,
            MaxErrors = definition.MaxErrors,
            OutputS3BucketName = run is null ? definition.LoggingInfo?.S3BucketName : run.OutputS3BucketName,
            OutputS3KeyPrefix = run is null ? definition.LoggingInfo?.S3KeyPrefix : run.OutputS3KeyPrefix,
            OutputS3Region = run is null ? definition.LoggingInfo?.S3Region : null,
            ServiceRoleArn = run?.ServiceRoleArn,
            NotificationConfig = run?.NotificationConfig is { } n
                ? new NotificationConfig { NotificationArn = n.NotificationArn, NotificationEvents = n.NotificationEvents, NotificationType = n.NotificationType }
                : null,
            CloudWatchOutputConfig = run?.CloudWatchOutputConfig is { } logs
                ? new CloudWatchOutputConfig { CloudWatchLogGroupName = logs.CloudWatchLogGroupName, CloudWatchOutputEnabled = logs.CloudWatchOutputEnabled }
                : null,
        };
    }

    private static Dictionary<string, IReadOnlyList<string>>? Substituted(
        IReadOnlyDictionary<string, IReadOnlyList<string>>? parameters, PseudoParameters pseudo, TaskType type) =>
        parameters?.ToDictionary(p => p.Key, p => (IReadOnlyList<string>)[.. p.Value.Select(v => pseudo.Substitute(v, type))], StringComparer.Ordinal);
}
