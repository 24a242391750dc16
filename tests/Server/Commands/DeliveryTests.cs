using Casement.Aws.Nodes;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Nodes.Messages;
using Casement.Server.Tests.Nodes;

namespace Casement.Server.Tests.Commands;

public sealed class DeliveryTests : IDisposable
{
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_command_goes_from_pending_over_in_progress_to_success_with_its_output()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        Assert.Equal("Pending", (await _server.Invocation(command.CommandId!, node)).Status);

        var message = Assert.Single(await node.Poll());
        Assert.Equal((node.MessageOf(command.CommandId), node.Id, "aws.ssm.sendCommand.eu.west.1.1"), (message.MessageId, message.Destination, message.Topic));
        await node.Acknowledge(message.MessageId!);
        Assert.Equal("InProgress", (await _server.Invocation(command.CommandId!, node)).Status);

        await node.Reply(message.MessageId!, ReplyStatus.Failed, "out", "err", code: 3);
        var ended = await _server.Invocation(command.CommandId!, node);
        Assert.Equal(("Failed", "Failed", 3, "out", "err"), (ended.Status, ended.StatusDetails, ended.ResponseCode!.Value, ended.StandardOutputContent, ended.StandardErrorContent));
        var shown = await _server.Command(command.CommandId!);
        Assert.Equal(("Failed", 1, 1), (shown.Status, shown.CompletedCount!.Value, shown.ErrorCount!.Value));
        Assert.Equal(0, node.Waiting);
    }

    [Fact]
    public async Task A_ramp_sends_to_one_then_two_then_four()
    {
        var nodes = await Nodes(8);
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([.. nodes.Select(n => n.Id)]))).Command!;
        var sizes = new List<int>();
        while (nodes.Where(n => n.Waiting > 0).ToList() is { Count: > 0 } batch)
        {
            sizes.Add(batch.Count);
            foreach (var node in batch)
            {
                await node.Take();
            }
        }

        Assert.Equal([1, 2, 4, 1], sizes);
        Assert.Equal("InProgress", (await _server.Command(command.CommandId!)).Status);
    }

    [Fact]
    public async Task More_failures_than_allowed_end_what_was_not_sent()
    {
        var nodes = await Nodes(5);
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([.. nodes.Select(n => n.Id)], "1", "1"))).Command!;
        for (var i = 0; i < 2; i++)
        {
            await nodes[i].Reply(Assert.Single(await nodes[i].Take()), ReplyStatus.Failed, "x", code: 1);
        }

        Assert.Equal("Terminated", (await _server.Invocation(command.CommandId!, nodes[2])).StatusDetails);
        var shown = await _server.Command(command.CommandId!);
        Assert.Equal(("Failed", "Failed", 5, 2), (shown.Status, shown.StatusDetails, shown.CompletedCount!.Value, shown.ErrorCount!.Value));
        Assert.All(nodes, n => Assert.Equal(0, n.Waiting));
    }

    [Fact]
    public async Task A_node_holds_five_commands_and_gets_another_when_one_has_ended()
    {
        var node = await _server.Node();
        for (var i = 0; i < 7; i++)
        {
            await _server.Send(node);
        }

        var held = await node.Take();
        Assert.Equal(5, held.Count);
        Assert.Equal(0, node.Waiting);
        await node.Reply(held[0], ReplyStatus.Success, "");
        Assert.Single(await node.Take());
        Assert.Equal(0, node.Waiting);
    }

    [Fact]
    public async Task A_message_that_was_not_acknowledged_comes_again_after_a_minute_and_not_after_25()
    {
        var node = await _server.Node();
        await _server.Send(node);
        var first = Assert.Single(await node.Poll()).MessageId;
        Assert.Equal(0, node.Waiting);
        await _server.Pass(TimeSpan.FromSeconds(59));
        Assert.Equal(0, node.Waiting);
        var times = 1;
        for (var minute = 1; minute <= 40; minute++)
        {
            await _server.Pass(TimeSpan.FromSeconds(minute == 1 ? 1 : 60));
            if (node.Waiting > 0)
            {
                Assert.Equal(first, Assert.Single(await node.Poll()).MessageId);
                times++;
            }
        }

        Assert.Equal(25, times);
    }

    [Fact]
    public async Task A_message_handed_out_once_comes_no_more_to_a_node_that_was_away_for_25_minutes()
    {
        var node = await _server.Node();
        await _server.Send(node);
        Assert.Single(await node.Poll());
        await _server.Pass(TimeSpan.FromMinutes(24));
        Assert.Equal(1, node.Waiting);
        await _server.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(0, node.Waiting);
    }

    [Fact]
    public async Task A_waiting_poll_is_woken_by_a_command()
    {
        var node = await _server.Node();
        var poll = node.Poll();
        var command = await _server.Send(node);

        Assert.Equal(node.MessageOf(command.CommandId), Assert.Single(await poll).MessageId);
    }

    [Fact]
    public async Task A_newer_poll_ends_the_older()
    {
        var node = await _server.Node();
        var older = node.Poll();
        var newer = node.Poll();

        Assert.Empty(await older);
        await _server.Send(node);
        Assert.Single(await newer);
    }

    [Fact]
    public async Task A_server_that_stops_answers_its_polls()
    {
        var node = await _server.Node();
        var poll = node.Poll();
        _server.Backstage.NodeBells.Close();

        Assert.Empty(await poll);
    }

    [Fact]
    public async Task A_poll_whose_client_left_takes_nothing()
    {
        var node = await _server.Node();
        using var left = new CancellationTokenSource();
        var poll = node.Poll(left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await _server.Send(node);

        Assert.Equal(1, node.Waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Poll(left.Token));
        Assert.Single(await node.Poll());
    }

    [Fact]
    public async Task The_same_reply_twice_and_a_later_progress_change_nothing()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        var message = Assert.Single(await node.Take());
        await node.Reply(message, ReplyStatus.Success, "first", replyId: "r1");
        await node.Reply(message, ReplyStatus.Failed, "second", code: 9, replyId: "r1");
        await node.Reply(message, ReplyStatus.InProgress);
        await node.Acknowledge(message);

        var ended = await _server.Invocation(command.CommandId!, node);
        Assert.Equal(("Success", "first", 0), (ended.Status, ended.StandardOutputContent, ended.ResponseCode!.Value));
        Assert.Equal(1, (await _server.Command(command.CommandId!)).CompletedCount);
    }

    [Fact]
    public async Task A_final_reply_without_an_acknowledgement_is_one()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        await node.Poll();
        await node.Reply(node.MessageOf(command.CommandId), ReplyStatus.Failed);

        Assert.Equal("Failed", (await _server.Command(command.CommandId!)).Status);
    }

    [Fact]
    public async Task A_reboot_is_progress_and_the_later_result_counts()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        var message = Assert.Single(await node.Take());
        await node.Reply(message, ReplyStatus.SuccessAndReboot, "before", code: 194);
        Assert.Equal("InProgress", (await _server.Invocation(command.CommandId!, node)).Status);

        _server.Time.MoveTo(_server.Time.GetUtcNow().AddMinutes(2));
        await node.Reply(message, ReplyStatus.Success, "after");
        Assert.Equal("after", (await _server.Invocation(command.CommandId!, node)).StandardOutputContent);
    }

    [Fact]
    public async Task A_result_that_ended_earlier_does_not_replace_a_later_one()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        var message = Assert.Single(await node.Take());
        PluginResult At(string text, int second) => new(
            "Success", 0, "aws:runShellScript", text, node.Now, NodeInstant.Format(_server.Time.GetUtcNow().AddSeconds(second)), "", "", "", text, "");
        await node.Reply(message, ReplyStatus.InProgress, ("aws:runShellScript", At("late", 9)));
        await node.Reply(message, ReplyStatus.Success, ("aws:runShellScript", At("early", 3)));

        Assert.Equal("late", (await _server.Invocation(command.CommandId!, node)).StandardOutputContent);
    }

    [Fact]
    public async Task A_message_not_taken_in_time_is_withdrawn()
    {
        var node = await _server.Node();
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]) with { TimeoutSeconds = 600 })).Command!;
        await _server.Pass(TimeSpan.FromSeconds(599));
        Assert.Equal(1, node.Waiting);
        await _server.Pass(TimeSpan.FromSeconds(1));

        Assert.Equal(0, node.Waiting);
        var shown = await _server.Command(command.CommandId!);
        Assert.Equal(("TimedOut", "DeliveryTimedOut", 1, 0), (shown.Status, shown.StatusDetails, shown.DeliveryTimedOutCount!.Value, shown.ErrorCount!.Value));
    }

    [Fact]
    public async Task A_node_that_was_never_heard_of_delays_its_command_after_five_minutes()
    {
        var node = await _server.Node();
        await _server.Send(node);
        _server.Backstage.Contacts.Forget(node.Id);
        await _server.Pass(TimeSpan.FromMinutes(5));

        var shown = Assert.Single((await _server.Run(
            new ListCommandInvocations(), new ListCommandInvocations.Request { Filters = [new CommandFilter { Key = "Status", Value = "Delayed" }] })).CommandInvocations!);
        Assert.Equal("Delayed", shown.StatusDetails);
    }

    [Fact]
    public async Task A_run_not_reported_in_time_ends_a_minute_after_its_own_limit_and_a_later_result_only_leaves_a_trace()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        var message = Assert.Single(await node.Take());
        await _server.Pass(TimeSpan.FromSeconds(3659));
        Assert.Equal("InProgress", (await _server.Invocation(command.CommandId!, node)).Status);
        await _server.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(("TimedOut", "ExecutionTimedOut"), await Status(command, node));

        await node.Reply(message, ReplyStatus.Success, "late");
        Assert.Equal(("TimedOut", "ExecutionTimedOut"), await Status(command, node));
        var shown = Assert.Single((await _server.Run(
            new ListCommandInvocations(), new ListCommandInvocations.Request { CommandId = command.CommandId, Details = true })).CommandInvocations!);
        Assert.Contains("Success", shown.TraceOutput, StringComparison.Ordinal);
        Assert.Equal("late", Assert.Single(shown.CommandPlugins!).Output);
    }

    [Fact]
    public async Task A_cancelled_command_ends_where_it_waits_and_is_stopped_where_it_runs()
    {
        var nodes = await Nodes(4);
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([.. nodes.Select(n => n.Id)]))).Command!;
        var running = Assert.Single(await nodes[0].Take());
        await _server.Run(new CancelCommand(), new CancelCommand.Request { CommandId = command.CommandId });

        Assert.Equal(("Cancelling", "Cancelling"), await Status(command, nodes[0]));
        Assert.All(nodes[1..], n => Assert.Equal(0, n.Waiting));
        Assert.Equal(("Cancelled", "Cancelled"), await Status(command, nodes[1]));
        Assert.Equal(("Cancelled", "Cancelled"), await Status(command, nodes[3]));
        Assert.Equal("Cancelling", (await _server.Command(command.CommandId!)).Status);

        var cancel = Assert.Single(await nodes[0].Poll());
        Assert.Equal("aws.ssm.cancelCommand.eu.west.1.1", cancel.Topic);
        Assert.NotEqual(running, cancel.MessageId);
        Assert.Equal($$"""{"CancelMessageId":"{{running}}"}""", cancel.Payload);
        await nodes[0].Reply(cancel.MessageId!, ReplyStatus.InProgress);
        await nodes[0].Acknowledge(cancel.MessageId!);
        await nodes[0].Reply(running, ReplyStatus.Cancelled, "part", code: 137);
        Assert.Equal(("Cancelled", "Cancelled"), await Status(command, nodes[0]));
        Assert.Equal("Cancelled", (await _server.Command(command.CommandId!)).Status);
        Assert.Equal(0, nodes[0].Waiting);
    }

    [Fact]
    public async Task A_cancelled_node_that_does_not_answer_is_given_up_after_a_minute()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        var message = Assert.Single(await node.Take());
        await _server.Run(new CancelCommand(), new CancelCommand.Request { CommandId = command.CommandId, InstanceIds = [node.Id] });
        await _server.Pass(TimeSpan.FromSeconds(60));
        await node.Reply(message, ReplyStatus.Success, "x");

        Assert.Equal(("Cancelled", "Cancelled"), await Status(command, node));
    }

    [Fact]
    public async Task Cancelling_what_has_ended_changes_nothing_and_what_is_unknown_is_refused()
    {
        var node = await _server.Node();
        var other = await _server.Node();
        var command = await _server.Send(node);
        await node.Reply(Assert.Single(await node.Take()), ReplyStatus.Success, "");
        await _server.Run(new CancelCommand(), new CancelCommand.Request { CommandId = command.CommandId });

        Assert.Equal("Success", (await _server.Command(command.CommandId!)).Status);
        Assert.Equal("InvalidCommandId", (await _server.Refused(new CancelCommand(), new CancelCommand.Request { CommandId = new string('0', 36) })).Code);
        Assert.Equal("InvalidInstanceId", (await _server.Refused(
            new CancelCommand(), new CancelCommand.Request { CommandId = command.CommandId, InstanceIds = [other.Id] })).Code);
    }

    [Fact]
    public async Task What_had_not_ended_on_a_deregistered_node_is_undeliverable_and_the_next_gets_its_turn()
    {
        var nodes = await Nodes(2);
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([.. nodes.Select(n => n.Id)], "1"))).Command!;
        await _server.Run(new DeregisterManagedInstance(), new DeregisterManagedInstance.Request { InstanceId = nodes[0].Id });

        Assert.Equal(("Failed", "Undeliverable"), await Status(command, nodes[0]));
        Assert.Equal(1, nodes[1].Waiting);
    }

    [Fact]
    public async Task A_message_that_the_node_cannot_handle_has_failed_with_the_reason()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        await node.Poll();
        await _server.Run(new FailMessage(), new FailMessage.Request { MessageId = node.MessageOf(command.CommandId), FailureType = "NoHandlerExists" }, node.Session);

        Assert.Equal(("Failed", "Failed"), await Status(command, node));
        var shown = Assert.Single((await _server.Run(new ListCommandInvocations(), new ListCommandInvocations.Request())).CommandInvocations!);
        Assert.Equal("The node could not handle the message: NoHandlerExists.", shown.TraceOutput);
    }

    [Fact]
    public async Task Output_is_kept_whole_and_shortened_when_read()
    {
        var node = await _server.Node();
        var command = await _server.Send(node);
        await node.Reply(Assert.Single(await node.Take()), ReplyStatus.Success, new string('o', 24_000), string.Concat(Enumerable.Repeat("é", 9_000)));

        var read = await _server.Invocation(command.CommandId!, node);
        Assert.Equal(24_000, read.StandardOutputContent!.Length);
        Assert.Equal(8_000, read.StandardErrorContent!.Length);
        var listed = Assert.Single((await _server.Run(new ListCommandInvocations(), new ListCommandInvocations.Request { Details = true })).CommandInvocations!);
        Assert.Equal(2_500, Assert.Single(listed.CommandPlugins!).Output!.Length);
    }

    [Fact]
    public async Task The_end_of_a_windows_command_wakes_its_execution_in_the_same_commit()
    {
        var node = await _server.Node();
        await _server.Database.Write(tx =>
        {
            tx.Execute(
                "INSERT INTO executions(account, region, execution_id, window_id, cause, occurrence_ms, status, cutoff_ms, close_ms, snapshot) VALUES($1,$2,'e','w','c',0,'IN_PROGRESS',0,0,'{}')",
                NodeServer.Account, NodeServer.Region);
            tx.Execute(
                "INSERT INTO invocations(task_execution_id, invocation_id, execution_id, ordinal, status, doc) VALUES('t','i','e',0,'IN_PROGRESS','{}')");
        });
        var command = await _server.Send(node);
        await _server.Database.Write(tx => tx.Execute("UPDATE commands SET invocation_id='i'"));
        await node.Reply(Assert.Single(await node.Take()), ReplyStatus.Success, "");

        Assert.Equal("Success", (await _server.Command(command.CommandId!)).Status);
        Assert.Equal(
            _server.Time.GetUtcNow().ToUnixTimeMilliseconds(), _server.Database.Read(tx => tx.Count("SELECT wake_ms FROM executions WHERE execution_id='e'")));
    }

    [Fact]
    public async Task Pages_of_commands_show_each_once_while_others_are_sent()
    {
        var node = await _server.Node();
        var ids = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            ids.Add((await _server.Send(node)).CommandId!);
            _server.Time.MoveTo(_server.Time.GetUtcNow().AddMilliseconds(i % 3));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), (await Pages(async token =>
        {
            var page = await _server.Run(new ListCommands(), new ListCommands.Request { MaxResults = 1, NextToken = token });
            return (page.Commands!.Select(c => c.CommandId!), page.NextToken);
        })).Order(StringComparer.Ordinal));
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await Pages(async token =>
        {
            var page = await _server.Run(
                new ListCommandInvocations(), new ListCommandInvocations.Request { InstanceId = node.Id, MaxResults = 1, NextToken = token });
            return (page.CommandInvocations!.Select(c => c.CommandId!), page.NextToken);
        })).Except(_later).Order(StringComparer.Ordinal));

        async Task<List<string>> Pages(Func<string?, Task<(IEnumerable<string> Ids, string? Token)>> next)
        {
            var seen = new List<string>();
            string? token = null;
            do
            {
                (var shown, token) = await next(token);
                seen.AddRange(shown);
                if (seen.Count == 3)
                {
                    _server.Time.MoveTo(_server.Time.GetUtcNow().AddMilliseconds(1));
                    _later.Add((await _server.Send(node)).CommandId!);
                }
            }
            while (token is not null);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            return seen;
        }
    }

    [Theory]
    [InlineData("Status", "Pending", 1)]
    [InlineData("Status", "Success", 1)]
    [InlineData("Status", "TimedOut", 0)]
    [InlineData("ExecutionStage", "Complete", 1)]
    [InlineData("ExecutionStage", "Executing", 1)]
    [InlineData("DocumentName", "AWS-RunShellScript", 2)]
    [InlineData("DocumentName", "Other", 0)]
    [InlineData("InvokedAfter", "2026-03-01T12:00:00Z", 1)]
    [InlineData("InvokedBefore", "2026-03-01T12:00:01Z", 1)]
    public async Task Filters_narrow_the_list_of_commands(string key, string value, int count)
    {
        var node = await _server.Node();
        await _server.Send(node);
        await node.Reply(Assert.Single(await node.Take()), ReplyStatus.Success, "");
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddSeconds(2));
        await _server.Send(node);

        var found = await _server.Run(new ListCommands(), new ListCommands.Request { Filters = [new CommandFilter { Key = key, Value = value }] });
        Assert.Equal(count, found.Commands!.Count);
    }

    private readonly List<string> _later = [];

    private async Task<List<TestNode>> Nodes(int count)
    {
        var activation = await _server.Activation();
        var nodes = new List<TestNode>();
        for (var i = 0; i < count; i++)
        {
            nodes.Add(await _server.Node(activation));
        }

        return nodes;
    }

    private async Task<(string?, string?)> Status(Command command, TestNode node)
    {
        var invocation = await _server.Invocation(command.CommandId!, node);
        return (invocation.Status, invocation.StatusDetails);
    }
}
