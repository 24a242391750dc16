namespace Casement.Storage;

/// <summary>
/// A window's task as its owner defined it. Members that were never set are null, except where AWS itself fills them in: the
/// role, the two limits, the priority.
/// </summary>
public sealed record TaskDefinition
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    /// <summary>A document's name or ARN, a function's name or ARN, a state machine's ARN.</summary>
    public required string TaskArn { get; init; }

    /// <summary><c>RUN_COMMAND</c>, <c>AUTOMATION</c>, <c>LAMBDA</c> or <c>STEP_FUNCTIONS</c>; fixed for the task's life.</summary>
    public required string TaskType { get; init; }

    /// <summary>The role that the task runs as; the service-linked one when none was given.</summary>
    public required string ServiceRoleArn { get; init; }

    /// <summary>Empty for a task without targets.</summary>
    public required IReadOnlyList<TargetSelector> Targets { get; init; }

    /// <summary>The typed parameters, as a whole replaced by an update; at most the member of the task's type.</summary>
    public InvocationParameters? InvocationParameters { get; init; }

    /// <summary>Legacy parameters: RUN_COMMAND uses them when <see cref="InvocationParameters"/> is null, the others never.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? TaskParameters { get; init; }

    /// <summary>0 when none was sent; lower runs earlier.</summary>
    public required int Priority { get; init; }

    /// <summary>A number or a percentage; the placeholder 1 for a task without targets.</summary>
    public required string MaxConcurrency { get; init; }

    /// <summary>A number or a percentage; the placeholder 1 for a task without targets.</summary>
    public required string MaxErrors { get; init; }

    public LoggingTo? LoggingInfo { get; init; }

    /// <summary><c>CONTINUE_TASK</c> or <c>CANCEL_TASK</c>; null is the former.</summary>
    public string? CutoffBehavior { get; init; }

    public AlarmWatch? AlarmConfiguration { get; init; }
}

/// <summary>Legacy: where a RUN_COMMAND task's output goes when it has no typed parameters.</summary>
public sealed record LoggingTo(string S3BucketName, string? S3KeyPrefix, string S3Region);

/// <summary>CloudWatch alarms that would stop the task.</summary>
public sealed record AlarmWatch(bool? IgnorePollAlarmFailure, IReadOnlyList<string> Alarms);

/// <summary>The parameters of a task by its type; values may hold pseudo parameters such as <c>{{WINDOW_ID}}</c>, unresolved.</summary>
public sealed record InvocationParameters
{
    public RunCommandParameters? RunCommand { get; init; }

    public AutomationParameters? Automation { get; init; }

    public LambdaParameters? Lambda { get; init; }

    public StepFunctionsParameters? StepFunctions { get; init; }
}

/// <summary>What SendCommand is called with, beside the targets and the limits.</summary>
public sealed record RunCommandParameters
{
    public string? Comment { get; init; }

    public CommandLogs? CloudWatchOutputConfig { get; init; }

    public string? DocumentHash { get; init; }

    public string? DocumentHashType { get; init; }

    /// <summary><c>$DEFAULT</c>, <c>$LATEST</c> or a number, verbatim.</summary>
    public string? DocumentVersion { get; init; }

    public CommandNotification? NotificationConfig { get; init; }

    public string? OutputS3BucketName { get; init; }

    public string? OutputS3KeyPrefix { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

    /// <summary>The role for notifications, another one than the task's.</summary>
    public string? ServiceRoleArn { get; init; }

    /// <summary>Seconds until a command that no node took is given up, 30 to 2,592,000.</summary>
    public int? TimeoutSeconds { get; init; }
}

public sealed record CommandLogs(string? CloudWatchLogGroupName, bool? CloudWatchOutputEnabled);

public sealed record CommandNotification(string? NotificationArn, IReadOnlyList<string>? NotificationEvents, string? NotificationType);

public sealed record AutomationParameters(string? DocumentVersion, IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters);

/// <param name="Payload">The bytes, mostly JSON.</param>
public sealed record LambdaParameters(string? ClientContext, string? Qualifier, byte[]? Payload);

public sealed record StepFunctionsParameters(string? Input, string? Name);
