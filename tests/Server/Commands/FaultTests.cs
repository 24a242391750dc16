using Casement.Server.Ssm.Nodes.Messages;
using Casement.Server.Tests.Nodes;

namespace Casement.Server.Tests.Commands;

/// <summary>What is broken, or made up, stays one command's matter.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_command_whose_deadline_cannot_be_applied_holds_up_no_other()
    {
        var node = await _server.Node();
        var broken = (await _server.Send(node)).CommandId!;
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddSeconds(1));
        var sound = (await _server.Send(node)).CommandId!;
        await _server.Database.Write(tx => tx.Execute("UPDATE commands SET doc='{' WHERE command_id=$1", broken));

        await _server.Pass(TimeSpan.FromHours(3));

        Assert.Equal("DeliveryTimedOut", (await _server.Invocation(sound, node)).StatusDetails);
        Assert.Equal(_server.Backstage.Clock.NowMs + 1000, await _server.Deadlines.Sweep());
    }

    [Fact]
    public async Task A_deadline_without_its_command_does_not_keep_the_clock_busy()
    {
        var node = await _server.Node();
        var orphan = (await _server.Send(node)).CommandId!;
        await _server.Database.Write(tx => tx.Execute("DELETE FROM commands WHERE command_id=$1", orphan));

        await _server.Pass(TimeSpan.FromHours(3)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(_server.Backstage.Clock.NowMs + 1000, await _server.Deadlines.Sweep());
    }

    [Fact]
    public async Task What_a_node_makes_up_in_its_reply_is_neither_kept_nor_a_fault()
    {
        var node = await _server.Node();
        var command = (await _server.Send(node)).CommandId!;
        var message = Assert.Single(await node.Take());
        var huge = new string('x', 500_000);
        await _server.Run(
            new SendReply(),
            new()
            {
                MessageId = message,
                ReplyId = "r1",
                Payload = $$$$"""
                    {"documentStatus":"Success","runtimeStatus":{"{{{{huge}}}}":{"status":"Success","code":0},"made up":null,
                    "aws:runShellScript":{"status":"Success","code":7,"name":"{{{{huge[..9000]}}}}","standardOutput":"kept"}}}
                    """,
            },
            node.Session);

        Assert.Equal("kept", (await _server.Invocation(command, node)).StandardOutputContent);
        Assert.InRange(_server.Database.Read(tx => Storage.CommandInvocations.Output(tx, command, node.Id))!.Length, 1, 2_000);
    }

    [Fact]
    public async Task A_null_instead_of_a_step_s_result_changes_nothing()
    {
        var node = await _server.Node();
        await _server.Send(node);
        var message = Assert.Single(await node.Take());
        await _server.Run(
            new SendReply(), new() { MessageId = message, ReplyId = "r1", Payload = """{"documentStatus":"Failed","runtimeStatus":{"aws:runShellScript":null}}""" },
            node.Session);

        Assert.Equal(0, node.Waiting);
    }
}
