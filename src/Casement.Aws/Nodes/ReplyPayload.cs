using System.Text.Json.Serialization;

namespace Casement.Aws.Nodes;

/// <summary>
/// Progress or result of a command. A document-level progress reply has no plugins; each finished plugin is reported
/// with document status InProgress; the last reply has a terminal document status and names the plugin only when the
/// document has exactly one. Replies may arrive late, twice and out of order: receivers keep a terminal status and merge
/// plugins by key.
/// </summary>
/// <param name="AdditionalInfo">About the sender.</param>
/// <param name="DocumentStatus">One of <see cref="ReplyStatus"/>, Skipped excepted.</param>
/// <param name="DocumentTraceOutput">Why the document could not be run at all; else empty.</param>
/// <param name="RuntimeStatus">
/// Results by plugin id: the plugin's name in schema 1.x, the step's name in 2.x. Null in document-level replies.
/// </param>
public sealed record ReplyPayload(
    [property: JsonPropertyName("additionalInfo")] ReplyInfo? AdditionalInfo,
    [property: JsonPropertyName("documentStatus")] string? DocumentStatus,
    [property: JsonPropertyName("documentTraceOutput")] string? DocumentTraceOutput,
    [property: JsonPropertyName("runtimeStatus"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    IReadOnlyDictionary<string, PluginResult>? RuntimeStatus);

/// <summary>About the sender of a reply.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="DateTime">When the reply was made, in the form of <see cref="NodeInstant"/>.</param>
/// <param name="RunId">Empty.</param>
/// <param name="RuntimeStatusCounts">Finished plugins by status so far; null in document-level replies.</param>
/// <param name="AbleToOpenMGSConnection">Sent over ec2messages only.</param>
public sealed record ReplyInfo(
    [property: JsonPropertyName("agent")] ReplyAgent? Agent,
    [property: JsonPropertyName("dateTime")] string? DateTime,
    [property: JsonPropertyName("runId")] string? RunId,
    [property: JsonPropertyName("runtimeStatusCounts"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    IReadOnlyDictionary<string, int>? RuntimeStatusCounts,
    [property: JsonPropertyName("ableToOpenMGSConnection")] bool? AbleToOpenMGSConnection = false);

/// <summary>The agent that sent a reply.</summary>
/// <param name="Lang">Language, <c>en-US</c>.</param>
/// <param name="Name">Name of the agent.</param>
/// <param name="Os">Operating system, <c>linux</c>.</param>
/// <param name="Osver">Version of it; the stock agent always says 1.</param>
/// <param name="Ver">Version of the agent.</param>
public sealed record ReplyAgent(
    [property: JsonPropertyName("lang")] string? Lang,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("os")] string? Os,
    [property: JsonPropertyName("osver")] string? Osver,
    [property: JsonPropertyName("ver")] string? Ver);

/// <summary>Result of one plugin or step.</summary>
/// <param name="Status">One of <see cref="ReplyStatus"/>.</param>
/// <param name="Code">Exit code; 137 when the time ran out or the command was cancelled.</param>
/// <param name="Name">Name of the plugin, for example <c>aws:runShellScript</c>.</param>
/// <param name="Output">Both streams in one text of at most 2,500 characters.</param>
/// <param name="StartDateTime">In the form of <see cref="NodeInstant"/>.</param>
/// <param name="EndDateTime">In the form of <see cref="NodeInstant"/>.</param>
/// <param name="OutputS3BucketName">Empty unless output went to a bucket.</param>
/// <param name="OutputS3KeyPrefix">Empty unless output went to a bucket.</param>
/// <param name="StepName">Empty unless output went to a bucket.</param>
/// <param name="StandardOutput">At most 24,000 bytes of UTF-8; invalid bytes are U+FFFD.</param>
/// <param name="StandardError">At most 24,000 bytes of UTF-8; invalid bytes are U+FFFD.</param>
public sealed record PluginResult(
    [property: JsonPropertyName("status")] string? Status,
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("output")] string? Output,
    [property: JsonPropertyName("startDateTime")] string? StartDateTime,
    [property: JsonPropertyName("endDateTime")] string? EndDateTime,
    [property: JsonPropertyName("outputS3BucketName")] string? OutputS3BucketName,
    [property: JsonPropertyName("outputS3KeyPrefix")] string? OutputS3KeyPrefix,
    [property: JsonPropertyName("stepName")] string? StepName,
    [property: JsonPropertyName("standardOutput")] string? StandardOutput,
    [property: JsonPropertyName("standardError")] string? StandardError);

/// <summary>Statuses of documents and plugins in replies.</summary>
public static class ReplyStatus
{
    /// <summary>Not finished.</summary>
    public const string InProgress = "InProgress";

    /// <summary>Finished well.</summary>
    public const string Success = "Success";

    /// <summary>Finished badly or could not be run.</summary>
    public const string Failed = "Failed";

    /// <summary>Killed because the plugin's time ran out.</summary>
    public const string TimedOut = "TimedOut";

    /// <summary>Killed because of a cancel message.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>
    /// Not terminal: the step asked for a restart of the machine (exit code 194) and is run again after it. Counts as
    /// InProgress.
    /// </summary>
    public const string SuccessAndReboot = "SuccessAndReboot";

    /// <summary>A step that was not run; counts as success. Never the status of a document.</summary>
    public const string Skipped = "Skipped";
}
