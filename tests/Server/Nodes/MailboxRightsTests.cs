using Casement.Aws;
using Casement.Server.Operations;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Nodes.Messages;

namespace Casement.Server.Tests.Nodes;

public sealed class MailboxRightsTests : IDisposable
{
    private static readonly string[] Calls =
        [nameof(GetMessages), nameof(AcknowledgeMessage), nameof(SendReply), nameof(FailMessage), nameof(DeleteMessage), nameof(GetEndpoint), nameof(UpdateInstanceInformation)];

    private readonly NodeServer _server = new();

    public static TheoryData<string> MailboxCalls => [.. Calls];

    public void Dispose() => _server.Dispose();

    [Theory]
    [MemberData(nameof(MailboxCalls))]
    public async Task An_operator_who_may_do_everything_cannot_act_as_a_node(string call)
    {
        var node = await _server.Node();
        var command = await _server.Send(node);

        Assert.Equal("AccessDeniedException", (await Assert.ThrowsAsync<AwsException>(() => Act(call, node, command.CommandId!, _server.Admin))).Code);
        Assert.Equal(1, node.Waiting);
        Assert.Equal(1, Denials());
    }

    [Theory]
    [MemberData(nameof(MailboxCalls))]
    public async Task A_node_cannot_act_as_another(string call)
    {
        var node = await _server.Node();
        var other = await _server.Node();
        var command = await _server.Send(node);

        Assert.Equal("AccessDeniedException", (await Assert.ThrowsAsync<AwsException>(() => Act(call, node, command.CommandId!, other.Session))).Code);
        Assert.Equal(1, node.Waiting);
        Assert.Equal(1, Denials());
    }

    [Theory]
    [MemberData(nameof(MailboxCalls))]
    public async Task A_session_of_the_nodes_role_and_name_that_is_no_nodes_cannot_act_as_it(string call)
    {
        var node = await _server.Node();
        var command = await _server.Send(node);

        await Assert.ThrowsAsync<AwsException>(() => Act(call, node, command.CommandId!, node.Session with { Node = null }));
        Assert.Equal(1, node.Waiting);
    }

    [Theory]
    [MemberData(nameof(MailboxCalls))]
    public async Task A_node_can_act_as_itself(string call)
    {
        var node = await _server.Node();
        var command = await _server.Send(node);

        await Act(call, node, command.CommandId!, node.Session);
    }

    [Theory]
    [MemberData(nameof(MailboxCalls))]
    public async Task A_node_whose_role_lacks_the_action_cannot_even_act_as_itself(string call)
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        await _server.Database.Write(tx =>
        {
            tx.Execute("DELETE FROM iam_attachments WHERE principal_id=$1", node.Session.RoleId);
            _server.Backstage.Credentials.Versions.Touch(tx, _server.Scope);
        });

        Assert.Equal("AccessDeniedException", (await Assert.ThrowsAsync<AwsException>(() => Act(call, node, command.CommandId!, node.Session))).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("aws.ssm.x")]
    [InlineData("aws.ssm.a.b.c")]
    [InlineData("other")]
    public async Task An_id_that_is_no_messages_is_refused(string id)
    {
        var node = await _server.Node();
        var refusal = await _server.Refused(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = id }, node.Session);

        Assert.Equal(id.Length == 0 ? "ValidationException" : "InvalidMessageIdException", refusal.Code);
    }

    private long Denials() => _server.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE decision='deny'"));

    private Task Act(string call, TestNode node, string commandId, Principal by)
    {
        var id = node.MessageOf(commandId);
        return call switch
        {
            nameof(GetMessages) => _server.Run(new GetMessages(), node.PollRequest, by),
            nameof(AcknowledgeMessage) => _server.Run(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = id }, by),
            nameof(SendReply) => _server.Run(new SendReply(), new SendReply.Request { MessageId = id, Payload = """{"documentStatus":"Success"}""", ReplyId = "r" }, by),
            nameof(FailMessage) => _server.Run(new FailMessage(), new FailMessage.Request { MessageId = id, FailureType = "NoHandlerExists" }, by),
            nameof(DeleteMessage) => _server.Run(new DeleteMessage(), new DeleteMessage.Request { MessageId = id }, by),
            nameof(GetEndpoint) => _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = node.Id }, by),
            _ => _server.Run(new UpdateInstanceInformation(), new UpdateInstanceInformation.Request { InstanceId = node.Id }, by),
        };
    }
}
