using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Between the wire's shapes of targets and tasks and their stored records.</summary>
internal static class TaskShapes
{
    private static readonly Dictionary<string, MaintenanceWindowTaskParameterValueExpression> NoParameters = [];

    public static List<Target> ToWire(this IReadOnlyList<TargetSelector> targets) =>
        [.. targets.Select(t => new Target { Key = t.Key, Values = t.Values })];

    /// <summary>The targets of a task in a reply: AWS leaves the member out where there are none.</summary>
    public static List<Target>? ToWireOrAbsent(this IReadOnlyList<TargetSelector> targets) => targets.Count == 0 ? null : targets.ToWire();

    /// <summary>Legacy parameters in a reply: an empty map where there are none.</summary>
    public static IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression> ToWire(
        this IReadOnlyDictionary<string, IReadOnlyList<string>>? parameters) => parameters is null
        ? NoParameters
        : parameters.ToDictionary(p => p.Key, p => new MaintenanceWindowTaskParameterValueExpression { Values = p.Value }, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, IReadOnlyList<string>>? ToStored(
        this IReadOnlyDictionary<string, MaintenanceWindowTaskParameterValueExpression>? parameters) =>
        parameters?.ToDictionary(p => p.Key, p => p.Value.Values ?? [], StringComparer.Ordinal);

    public static LoggingInfo? ToWire(this LoggingTo? logging) => logging is null
        ? null
        : new LoggingInfo { S3BucketName = logging.S3BucketName, S3KeyPrefix = logging.S3KeyPrefix, S3Region = logging.S3Region };

    public static LoggingTo? ToStored(this LoggingInfo? logging) =>
        logging is null ? null : new LoggingTo(logging.S3BucketName!, logging.S3KeyPrefix, logging.S3Region!);

    public static AlarmConfiguration? ToWire(this AlarmWatch? watch) => watch is null
        ? null
        : new AlarmConfiguration { IgnorePollAlarmFailure = watch.IgnorePollAlarmFailure, Alarms = [.. watch.Alarms.Select(name => new Alarm { Name = name })] };

    public static AlarmWatch? ToStored(this AlarmConfiguration? alarms) =>
        alarms is null ? null : new AlarmWatch(alarms.IgnorePollAlarmFailure, [.. alarms.Alarms!.Select(a => a.Name!)]);

    public static MaintenanceWindowTaskInvocationParameters? ToWire(this InvocationParameters? parameters) => parameters is null
        ? null
        : new MaintenanceWindowTaskInvocationParameters
        {
            RunCommand = ToWire(parameters.RunCommand),
            Automation = parameters.Automation is not { } automation
                ? null
                : new MaintenanceWindowAutomationParameters { DocumentVersion = automation.DocumentVersion, Parameters = automation.Parameters },
            Lambda = parameters.Lambda is not { } lambda
                ? null
                : new MaintenanceWindowLambdaParameters { ClientContext = lambda.ClientContext, Qualifier = lambda.Qualifier, Payload = lambda.Payload },
            StepFunctions = parameters.StepFunctions is not { } machine
                ? null
                : new MaintenanceWindowStepFunctionsParameters { Input = machine.Input, Name = machine.Name },
        };

    public static InvocationParameters? ToStored(this MaintenanceWindowTaskInvocationParameters? parameters) => parameters is null
        ? null
        : new InvocationParameters
        {
            RunCommand = ToStored(parameters.RunCommand),
            Automation = parameters.Automation is not { } automation ? null : new AutomationParameters(automation.DocumentVersion, automation.Parameters),
            Lambda = parameters.Lambda is not { } lambda ? null : new LambdaParameters(lambda.ClientContext, lambda.Qualifier, lambda.Payload),
            StepFunctions = parameters.StepFunctions is not { } machine ? null : new StepFunctionsParameters(machine.Input, machine.Name),
        };

    private static MaintenanceWindowRunCommandParameters? ToWire(RunCommandParameters? command) => command is null
        ? null
        : new MaintenanceWindowRunCommandParameters
        {
            Comment = command.Comment,
            CloudWatchOutputConfig = command.CloudWatchOutputConfig is not { } logs
                ? null
                : new CloudWatchOutputConfig { CloudWatchLogGroupName = logs.CloudWatchLogGroupName, CloudWatchOutputEnabled = logs.CloudWatchOutputEnabled },
            DocumentHash = command.DocumentHash,
            DocumentHashType = command.DocumentHashType,
            DocumentVersion = command.DocumentVersion,
            NotificationConfig = command.NotificationConfig is not { } notification
                ? null
                : new NotificationConfig
                {
                    NotificationArn = notification.NotificationArn,
                    NotificationEvents = notification.NotificationEvents,
                    NotificationType = notification.NotificationType,
                },
            OutputS3BucketName = command.OutputS3BucketName,
            OutputS3KeyPrefix = command.OutputS3KeyPrefix,
            Parameters = command.Parameters,
            ServiceRoleArn = command.ServiceRoleArn,
            TimeoutSeconds = command.TimeoutSeconds,
        };

    private static RunCommandParameters? ToStored(MaintenanceWindowRunCommandParameters? command) => command is null
        ? null
        : new RunCommandParameters
        {
            Comment = command.Comment,
            CloudWatchOutputConfig = command.CloudWatchOutputConfig is not { } logs
                ? null
                : new CommandLogs(logs.CloudWatchLogGroupName, logs.CloudWatchOutputEnabled),
            DocumentHash = command.DocumentHash,
            DocumentHashType = command.DocumentHashType,
            DocumentVersion = command.DocumentVersion,
            NotificationConfig = ToStored(command.NotificationConfig),
            OutputS3BucketName = command.OutputS3BucketName,
            OutputS3KeyPrefix = command.OutputS3KeyPrefix,
            Parameters = command.Parameters,
            ServiceRoleArn = command.ServiceRoleArn,
            TimeoutSeconds = command.TimeoutSeconds,
        };

    /// <summary>An empty notification is none: AWS does not keep it either.</summary>
    private static CommandNotification? ToStored(NotificationConfig? notification) =>
        notification is null or { NotificationArn: null, NotificationType: null, NotificationEvents: null or { Count: 0 } }
            ? null
            : new CommandNotification(notification.NotificationArn, notification.NotificationEvents, notification.NotificationType);
}
