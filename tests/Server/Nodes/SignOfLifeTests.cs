using Casement.Aws;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Nodes.Messages;
using Casement.Storage;

namespace Casement.Server.Tests.Nodes;

/// <summary>What nodes leave in the audit trail, and that what is remembered of them lets nobody through.</summary>
public sealed class SignOfLifeTests : IDisposable
{
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Polls_without_a_message_and_unchanged_heartbeats_leave_no_row_and_all_else_does()
    {
        var node = await _server.Node();
        _server.Backstage.Audit.Start();
        await node.Report("Linux", "3.3");
        await node.Report("Linux", "3.3");
        var first = node.Poll();
        var second = node.Poll();
        Assert.Empty(await first);
        var command = await _server.Send(node);
        Assert.Single(await second);
        await node.Acknowledge(node.MessageOf(command.CommandId));
        await node.Reply(node.MessageOf(command.CommandId), "Success");
        await _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = node.Id }, node.Session);

        // what was gathered is written before this ends
        await _server.Backstage.Audit.DisposeAsync();
        Assert.Equal(
            ["ec2messages:AcknowledgeMessage", "ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply", "ssm:UpdateInstanceInformation"],
            RowsOf(node));
    }

    [Fact]
    public async Task A_refused_poll_and_a_denied_one_leave_a_row()
    {
        var node = await _server.Node();
        var other = await _server.Node();
        _server.Backstage.Audit.Start();
        await Assert.ThrowsAsync<AwsException>(() => _server.Run(new GetMessages(), other.PollRequest, node.Session));
        await _server.Run(new DeregisterManagedInstance(), new DeregisterManagedInstance.Request { InstanceId = node.Id });
        await Assert.ThrowsAsync<AwsException>(() => node.Poll());
        await _server.Backstage.Audit.DisposeAsync();

        Assert.Equal(["ec2messages:GetMessages allow", "ec2messages:GetMessages deny"], RowsOf(node, withDecision: true));
    }

    [Fact]
    public async Task A_node_that_is_known_by_its_token_is_refused_with_the_very_next_call_after_it_was_deregistered()
    {
        var node = await _server.Node();
        var keys = _server.Backstage.Credentials.Sessions.Issue(node.Session, DateTimeOffset.UnixEpoch);
        var session = Assert.NotNull(_server.Backstage.Credentials.Sessions.Open(keys.SessionToken, keys.AccessKeyId)).Session;
        await _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = node.Id }, session);
        await _server.Run(new DeregisterManagedInstance(), new DeregisterManagedInstance.Request { InstanceId = node.Id });

        session = Assert.NotNull(_server.Backstage.Credentials.Sessions.Open(keys.SessionToken, keys.AccessKeyId)).Session;
        Assert.Equal("InvalidInstanceId", (await _server.Refused(new GetMessages(), node.PollRequest, session)).Code);
    }

    [Fact]
    public async Task A_token_that_was_opened_before_says_the_same_and_no_other_passes_for_it()
    {
        var sessions = _server.Backstage.Credentials.Sessions;
        var node = await _server.Node();
        var expires = DateTimeOffset.UnixEpoch.AddDays(1);
        var keys = sessions.Issue(node.Session, expires);
        var others = sessions.Issue((await _server.Node()).Session, expires);
        var opened = Assert.NotNull(sessions.Open(keys.SessionToken, keys.AccessKeyId));
        var again = Assert.NotNull(sessions.Open(keys.SessionToken, keys.AccessKeyId));

        Assert.Equal((opened.Session.Arn, opened.Session.Node, expires), (again.Session.Arn, again.Session.Node, again.Expires));
        Assert.Null(sessions.Open(others.SessionToken, keys.AccessKeyId));
        Assert.Null(sessions.Open(keys.SessionToken, others.AccessKeyId));
        var changed = Convert.FromBase64String(keys.SessionToken);
        changed[^1] ^= 1;
        Assert.Null(sessions.Open(Convert.ToBase64String(changed), keys.AccessKeyId));
        Assert.NotNull(sessions.Open(keys.SessionToken, keys.AccessKeyId));
    }

    [Fact]
    public async Task Sessions_of_one_role_share_its_policies_and_are_told_apart_by_them()
    {
        var one = await _server.Node();
        var other = await _server.Node();
        await _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = one.Id }, one.Session);
        await _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = other.Id }, other.Session);
        await Deny("""{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:userid":"*:NODE"}}}""".Replace("NODE", one.Id, StringComparison.Ordinal));

        Assert.Equal("AccessDeniedException", (await _server.Refused(new GetEndpoint(), new GetEndpoint.Request { Destination = one.Id }, one.Session)).Code);
        await _server.Run(new GetEndpoint(), new GetEndpoint.Request { Destination = other.Id }, other.Session);
        await Deny("""{"Effect":"Deny","Action":"ec2messages:*","Resource":"*"}""");
        Assert.Equal("AccessDeniedException", (await _server.Refused(new GetEndpoint(), new GetEndpoint.Request { Destination = other.Id }, other.Session)).Code);

        Task Deny(string statement) => _server.Database.Write(tx =>
        {
            InlinePolicies.Put(tx, one.Session.RoleId, "deny", """{"Version":"2012-10-17","Statement":[""" + statement + "]}");
            _server.Backstage.Credentials.Versions.Touch(tx, _server.Scope);
        });
    }

    private List<string> RowsOf(TestNode node, bool withDecision = false) => _server.Database.Read(tx => tx.All(
        "SELECT action, decision FROM audit WHERE principal=$1 AND action <> 'ssm:RequestManagedInstanceRoleToken' ORDER BY action, decision",
        r => withDecision ? $"{r.Text(0)} {r.Text(1)}" : r.Text(0), node.Session.Arn));
}
