using Casement.Aws.Wire;
using Casement.Storage;

namespace Casement.Server.Ssm.Commands;

/// <summary>A command as it is shown.</summary>
public sealed record Command
{
    public string? CommandId { get; init; }

    public string? DocumentName { get; init; }

    public string? DocumentVersion { get; init; }

    public string? Comment { get; init; }

    public DateTimeOffset? ExpiresAfter { get; init; }

    [Sensitive]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

    public IReadOnlyList<string>? InstanceIds { get; init; }

    public IReadOnlyList<Target>? Targets { get; init; }

    public DateTimeOffset? RequestedDateTime { get; init; }

    public string? Status { get; init; }

    public string? StatusDetails { get; init; }

    public string? OutputS3BucketName { get; init; }

    public string? OutputS3KeyPrefix { get; init; }

    public string? MaxConcurrency { get; init; }

    public string? MaxErrors { get; init; }

    public int? TargetCount { get; init; }

    public int? CompletedCount { get; init; }

    public int? ErrorCount { get; init; }

    public int? DeliveryTimedOutCount { get; init; }

    public string? ServiceRole { get; init; }

    public NotificationConfig? NotificationConfig { get; init; }

    public CloudWatchOutputConfig? CloudWatchOutputConfig { get; init; }

    public int? TimeoutSeconds { get; init; }

    internal static Command Of(CommandRow row) => new()
    {
        CommandId = row.CommandId,
        DocumentName = row.Terms.DocumentName,
        DocumentVersion = row.Terms.DocumentVersion ?? "",
        Comment = row.Terms.Comment ?? "",
        ExpiresAfter = DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresMs),
        Parameters = row.Terms.Parameters ?? new Dictionary<string, IReadOnlyList<string>>(),
        InstanceIds = row.Terms.InstanceIds ?? [],
        Targets = [.. (row.Terms.Targets ?? []).Select(t => new Target { Key = t.Key, Values = t.Values })],
        RequestedDateTime = DateTimeOffset.FromUnixTimeMilliseconds(row.RequestedMs),
        Status = row.Status,
        StatusDetails = row.Details,
        OutputS3BucketName = row.Terms.OutputS3BucketName ?? "",
        OutputS3KeyPrefix = row.Terms.OutputS3KeyPrefix ?? "",
        MaxConcurrency = row.Terms.MaxConcurrency,
        MaxErrors = row.Terms.MaxErrors,
        TargetCount = row.Progress.Total,
        CompletedCount = row.Progress.Ended.Total,
        ErrorCount = row.Progress.Ended.Errors,
        DeliveryTimedOutCount = row.Progress.Ended.DeliveryTimedOut,
        ServiceRole = row.Terms.ServiceRole ?? "",
        NotificationConfig = Unset.Notifications(row.Terms),
        CloudWatchOutputConfig = Unset.Logs(row.Terms),
        TimeoutSeconds = row.Terms.TimeoutSeconds,
    };
}
