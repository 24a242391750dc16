using Casement.Aws.Wire;

namespace Casement.Server.Ssm;

/// <summary>Where a command reports its progress to.</summary>
public sealed record NotificationConfig
{
    public string? NotificationArn { get; init; }

    [EachEnum("All", "InProgress", "Success", "TimedOut", "Cancelled", "Failed")]
    public IReadOnlyList<string>? NotificationEvents { get; init; }

    [EnumValues("Command", "Invocation")]
    public string? NotificationType { get; init; }
}
