using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes.Messages;

namespace Casement.Server.Tests.Engine;

/// <summary>A registered machine that remembers what it ran, as its agent would.</summary>
internal sealed record Machine(EngineHost Host, string Id, Principal.RoleSession Session)
{
    private int _replies;

    public int Waiting => Host.Database.Read(tx => Storage.Mailbox.Waiting(tx, Id, Host.Backstage.Clock.NowMs).Count);

    /// <summary>The messages that wait; there must be some, since an empty poll waits.</summary>
    public async Task<List<string>> Fetch()
    {
        Assert.NotEqual(0, Waiting);
        var reply = await Host.Run(new GetMessages(), new GetMessages.Request { Destination = Id, MessagesRequestId = "m" }, Session);
        return [.. reply.Messages!.Select(m => m.MessageId!)];
    }

    /// <summary>Fetches and acknowledges.</summary>
    public async Task<List<string>> Take()
    {
        var messages = await Fetch();
        foreach (var message in messages)
        {
            await Acknowledge(message);
        }

        return messages;
    }

    public Task Acknowledge(string messageId) =>
        Host.Run(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = messageId }, Session);

    public Task Reply(string messageId, string status = ReplyStatus.Success, string output = "done")
    {
        var now = NodeInstant.Format(Host.Time.GetUtcNow());
        var results = new Dictionary<string, PluginResult>
        {
            ["aws:runShellScript"] = new(status, 0, "aws:runShellScript", output, now, now, "", "", "", output, ""),
        };
        return Host.Run(new SendReply(), new SendReply.Request
        {
            MessageId = messageId,
            Payload = JsonSerializer.Serialize(new ReplyPayload(null, status, "", results), NodeJson.Wire.ReplyPayload),
            ReplyId = $"{Id}-{++_replies}",
        }, Session);
    }

    public async Task<string> StatusOf(string commandId) => (await Host.Run(
        new GetCommandInvocation(), new GetCommandInvocation.Request { CommandId = commandId, InstanceId = Id })).StatusDetails!;
}
