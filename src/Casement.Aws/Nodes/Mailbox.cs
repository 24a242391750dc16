namespace Casement.Aws.Nodes;

/// <summary>Long poll for a node's messages.</summary>
/// <param name="Destination">The polling node.</param>
/// <param name="MessagesRequestId">UUID; the stock agent repeats it when it asks again after a dropped poll.</param>
/// <param name="VisibilityTimeoutInSeconds">
/// A wish: how long a message that was handed out stays hidden. The stock agent says 10.
/// </param>
public sealed record GetMessagesRequest(
    string? Destination, string? MessagesRequestId, int? VisibilityTimeoutInSeconds);

/// <summary>The waiting messages, possibly none; <c>{}</c> is an answer too.</summary>
/// <param name="Destination">The node of the request.</param>
/// <param name="MessagesRequestId">The id of the request.</param>
/// <param name="Messages">
/// All that wait: the stock agent pauses two seconds after a quick answer, so one a poll would be slow.
/// </param>
public sealed record GetMessagesReply(
    string? Destination, string? MessagesRequestId, IReadOnlyList<NodeMessage>? Messages);

/// <summary>
/// One message to a node. Id, destination, topic and date must be non-empty, or the stock agent ignores the message
/// without a word; a missing payload stops its polling for minutes.
/// </summary>
/// <param name="MessageId"><c>aws.ssm.&lt;command&gt;.&lt;node&gt;</c>, see <see cref="CommandMessageId"/>.</param>
/// <param name="Destination">The node.</param>
/// <param name="Topic">Begins with one of <see cref="NodeTopics"/>.</param>
/// <param name="CreatedDate">Instant in the form of <see cref="NodeInstant"/>.</param>
/// <param name="Payload">JSON text: a <see cref="SendCommandPayload"/> or a <see cref="CancelCommandPayload"/>.</param>
/// <param name="PayloadDigest">Base64 SHA-256 of the payload; agents ignore it and empty is accepted.</param>
public sealed record NodeMessage(
    string? MessageId, string? Destination, string? Topic, string? CreatedDate, string? Payload,
    string? PayloadDigest = "");

/// <summary>Says that a message was received; may be repeated.</summary>
/// <param name="MessageId">The message.</param>
public sealed record AcknowledgeMessageRequest(string? MessageId);

/// <summary>Reports progress or the result of a command.</summary>
/// <param name="MessageId">The message that brought the command.</param>
/// <param name="Payload">JSON text of a <see cref="ReplyPayload"/>.</param>
/// <param name="ReplyId">UUID, the same when the reply is sent again: receivers drop the second one.</param>
public sealed record SendReplyRequest(string? MessageId, string? Payload, string? ReplyId);

/// <summary>Answer to a reply; agents ignore its content.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="ReplyId">The id of the reply.</param>
/// <param name="ReplyStatus"><c>Queued</c>.</param>
/// <param name="Description">Empty.</param>
public sealed record SendReplyReply(string? MessageId, string? ReplyId, string? ReplyStatus, string? Description);

/// <summary>Gives a message back that the node cannot handle.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="FailureType">One of the constants of <see cref="MessageFailure"/>.</param>
public sealed record FailMessageRequest(string? MessageId, string? FailureType);

/// <summary>Removes a message.</summary>
/// <param name="MessageId">The message.</param>
public sealed record DeleteMessageRequest(string? MessageId);

/// <summary>Asks where to poll.</summary>
/// <param name="Destination">The node.</param>
public sealed record GetEndpointRequest(string? Destination);

/// <summary>Where to poll.</summary>
/// <param name="Endpoint">A host or URL.</param>
public sealed record GetEndpointReply(string? Endpoint);

/// <summary>Reasons of <see cref="FailMessageRequest"/>.</summary>
public static class MessageFailure
{
    /// <summary>No handler exists for the message's topic.</summary>
    public const string NoHandlerExists = "NoHandlerExists";

    /// <summary>A handler exists but could not read the message.</summary>
    public const string InternalHandlerException = "InternalHandlerException";
}

/// <summary>Beginnings of topics; whatever follows (region, version) is not looked at.</summary>
public static class NodeTopics
{
    /// <summary>The payload is a <see cref="SendCommandPayload"/>.</summary>
    public const string SendCommand = "aws.ssm.sendCommand";

    /// <summary>The payload is a <see cref="CancelCommandPayload"/>.</summary>
    public const string CancelCommand = "aws.ssm.cancelCommand";
}
