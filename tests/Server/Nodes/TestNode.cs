using System.Security.Cryptography;
using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Server.Operations;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Nodes.Messages;

namespace Casement.Server.Tests.Nodes;

/// <summary>A registered machine with its key and session, doing what its agent would.</summary>
public sealed record TestNode(NodeServer Server, string Id, RSA Key, Principal.RoleSession Session)
{
    private int _replies;

    /// <summary>The messages of one poll; there must be some, since an empty one waits.</summary>
    public async Task<IReadOnlyList<GetMessages.Message>> Poll(CancellationToken? aborted = null) =>
        (await Server.Run(new GetMessages(), PollRequest, Session, aborted: aborted)).Messages!;

    public GetMessages.Request PollRequest => new() { Destination = Id, MessagesRequestId = "m", VisibilityTimeoutInSeconds = 10 };

    /// <summary>How many messages a poll would get now.</summary>
    public int Waiting => Server.Database.Read(tx => Storage.Mailbox.Waiting(tx, Id, Server.Time.GetUtcNow().ToUnixTimeMilliseconds()).Count);

    /// <summary>Polls and acknowledges; answers the ids of the messages.</summary>
    public async Task<IReadOnlyList<string>> Take()
    {
        var messages = await Poll();
        foreach (var message in messages)
        {
            await Acknowledge(message.MessageId!);
        }

        return [.. messages.Select(m => m.MessageId!)];
    }

    public Task Acknowledge(string messageId) =>
        Server.Run(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = messageId }, Session);

    public Task Reply(string messageId, string status, string? output = null, string? error = null, int code = 0, string? replyId = null) =>
        Reply(messageId, status, output is null ? null : ("aws:runShellScript", new PluginResult(
            status, code, "aws:runShellScript", output, Now, Now, "", "", "", output, error ?? "")), replyId);

    public Task Reply(string messageId, string status, (string Step, PluginResult Result)? plugin, string? replyId = null)
    {
        var payload = new ReplyPayload(
            null, status, "", plugin is { } p ? new Dictionary<string, PluginResult> { [p.Step] = p.Result } : null);
        return Server.Run(new SendReply(), new SendReply.Request
        {
            MessageId = messageId,
            Payload = JsonSerializer.Serialize(payload, NodeJson.Wire.ReplyPayload),
            ReplyId = replyId ?? $"{Id}-{++_replies}",
        }, Session);
    }

    public Task Report(string? platform = null, string? version = null) => Server.Run(new UpdateInstanceInformation(), new UpdateInstanceInformation.Request
    {
        InstanceId = Id,
        AgentName = "amazon-ssm-agent",
        AgentVersion = version,
        PlatformType = platform,
    }, Session);

    public string Now => NodeInstant.Format(Server.Time.GetUtcNow());

    public string MessageOf(string? commandId) => $"aws.ssm.{commandId}.{Id}";
}
