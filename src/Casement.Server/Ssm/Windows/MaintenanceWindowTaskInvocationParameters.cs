using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Windows;

/// <summary>The parameters of a task, in the member of its type.</summary>
public sealed record MaintenanceWindowTaskInvocationParameters
{
    public MaintenanceWindowRunCommandParameters? RunCommand { get; init; }

    public MaintenanceWindowAutomationParameters? Automation { get; init; }

    public MaintenanceWindowStepFunctionsParameters? StepFunctions { get; init; }

    public MaintenanceWindowLambdaParameters? Lambda { get; init; }
}

public sealed record MaintenanceWindowRunCommandParameters
{
    [Length(0, 100)]
    public string? Comment { get; init; }

    public CloudWatchOutputConfig? CloudWatchOutputConfig { get; init; }

    [Length(0, 256)]
    public string? DocumentHash { get; init; }

    [EnumValues("Sha256", "Sha1")]
    public string? DocumentHashType { get; init; }

    [Pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")]
    public string? DocumentVersion { get; init; }

    public NotificationConfig? NotificationConfig { get; init; }

    [Length(3, 63)]
    public string? OutputS3BucketName { get; init; }

    [Length(0, 500)]
    public string? OutputS3KeyPrefix { get; init; }

    [Sensitive]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

    public string? ServiceRoleArn { get; init; }

    [Range(30, 2592000)]
    public int? TimeoutSeconds { get; init; }
}

public sealed record MaintenanceWindowAutomationParameters
{
    [Pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")]
    public string? DocumentVersion { get; init; }

    [Length(1, 200), KeyLength(1, 50), EachLength(1, 512)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }
}

public sealed record MaintenanceWindowLambdaParameters
{
    [Length(1, 8000)]
    public string? ClientContext { get; init; }

    [Length(1, 128)]
    public string? Qualifier { get; init; }

    [Sensitive, Length(0, 4096)]
    public byte[]? Payload { get; init; }
}

public sealed record MaintenanceWindowStepFunctionsParameters
{
    [Sensitive, Length(0, 4096)]
    public string? Input { get; init; }

    [Length(1, 80)]
    public string? Name { get; init; }
}
