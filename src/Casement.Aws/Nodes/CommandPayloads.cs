using System.Text.Json;

namespace Casement.Aws.Nodes;

/// <summary>What a message of topic <see cref="NodeTopics.SendCommand"/> carries.</summary>
/// <param name="CommandId">Equal to the id in the message's id.</param>
/// <param name="DocumentName">Name of the document, for display.</param>
/// <param name="DocumentContent">
/// The document as a JSON object (YAML is converted before sending), its parameters not yet substituted.
/// </param>
/// <param name="Parameters">
/// Values shaped by the declared types: String a plain text (a list of one breaks the stock agent), StringList an array,
/// Boolean, Integer and StringMap as JSON values. Parameters left out take the document's defaults.
/// </param>
/// <param name="OutputS3BucketName">Empty for none.</param>
/// <param name="OutputS3KeyPrefix">Empty for none.</param>
/// <param name="CloudWatchLogGroupName">Empty for none.</param>
/// <param name="CloudWatchOutputEnabled">A text, <c>true</c> or <c>false</c>.</param>
public sealed record SendCommandPayload(
    string? CommandId,
    string? DocumentName,
    JsonElement DocumentContent,
    IReadOnlyDictionary<string, JsonElement>? Parameters,
    string? OutputS3BucketName = "",
    string? OutputS3KeyPrefix = "",
    string? CloudWatchLogGroupName = "",
    string? CloudWatchOutputEnabled = "false");

/// <summary>What a message of topic <see cref="NodeTopics.CancelCommand"/> carries.</summary>
/// <param name="CancelMessageId">The id of the message that brought the command to be cancelled.</param>
public sealed record CancelCommandPayload(string? CancelMessageId);
