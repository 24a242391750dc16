using System.Text.Json.Nodes;
using Casement.Aws.Nodes;

namespace Casement.Agent.Tests;

public sealed class ScriptTests
{
    [Fact]
    public async Task A_script_is_acknowledged_run_and_answered_in_the_stock_agents_order()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script("printf 'caf\\303\\251 \\377 \\000|'\nprintf oops >&2\nexit 3");
        var final = await node.RunAsync(message);

        Assert.Equal(
            ["InProgress/", "InProgress/aws:runShellScript", "Failed/aws:runShellScript"],
            node.Server.RepliesTo(message.MessageId!)
                .Select(reply => $"{reply.DocumentStatus}/{string.Join(',', reply.RuntimeStatus?.Keys ?? [])}"));
        Assert.Equal([message.MessageId!], node.Server.Acknowledged);
        var plugin = final.RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", 3, "aws:runShellScript"), (plugin.Status, plugin.Code, plugin.Name));
        Assert.Equal("café \uFFFD \0|", plugin.StandardOutput);
        Assert.Equal("oops\nfailed to run commands: exit status 3", plugin.StandardError);
        Assert.Equal($"{plugin.StandardOutput}\n----------ERROR-------\n{plugin.StandardError}", plugin.Output);
        Assert.True(NodeInstant.TryParse(plugin.StartDateTime, out var start));
        Assert.True(NodeInstant.TryParse(plugin.EndDateTime, out var end));
        Assert.True(start <= end);
        Assert.Empty(node.Server.SignatureFaults);
    }

    [Fact]
    public async Task A_script_runs_in_its_directory_with_the_callers_umask_and_without_secrets()
    {
        await using var node = await TestNode.StartAsync();
        Directory.CreateDirectory(node.PathOf("work here"));
        var final = await node.RunAsync(node.Script(
            "#!/bin/bash\npwd\necho $BASH_VERSION | grep -c .\necho $AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME\n"
            + "umask\nenv | grep -E '^(CASEMENT_|AWS_)' | grep -v '^AWS_SSM_' | wc -l",
            directory: node.PathOf("work here")));

        Assert.Equal(
            [node.PathOf("work here"), "1", $"{FakeServer.NodeId} us-east-1", await OwnUmask(), "0", ""],
            final.RuntimeStatus!["aws:runShellScript"].StandardOutput!.Split('\n'));
    }

    [Fact]
    public async Task A_missing_directory_fails_and_names_itself()
    {
        await using var node = await TestNode.StartAsync();
        var plugin = (await node.RunAsync(node.Script("echo ran", directory: "/no/such/place")))
            .RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", 1, ""), (plugin.Status, plugin.Code, plugin.StandardOutput));
        Assert.Contains("/no/such/place", plugin.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_beyond_its_time_is_ended_with_all_that_it_started()
    {
        await using var node = await TestNode.StartAsync();
        var final = await node.RunAsync(node.Script(
            $"sleep 300 &\necho $! > '{node.PathOf("child")}'\necho partial\ntrap '' TERM\nwhile :; do sleep 1; done",
            timeout: 1));

        var plugin = final.RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("TimedOut", "TimedOut", 137), (final.DocumentStatus, plugin.Status, plugin.Code));
        Assert.StartsWith("partial\n", plugin.StandardOutput, StringComparison.Ordinal);
        await AssertGone(node, await node.FileAsync("child"));
    }

    [Fact]
    public async Task A_child_that_keeps_the_output_open_does_not_keep_the_command_open()
    {
        await using var node = await TestNode.StartAsync();
        var final = await node.RunAsync(node.Script(
            $"sleep 300 &\necho $! > '{node.PathOf("child")}'\necho done"));

        Assert.Equal(("Success", "done\n"), (
            final.DocumentStatus, final.RuntimeStatus!["aws:runShellScript"].StandardOutput));
        // and it is still alive: its pipe was not closed under it
        var child = int.Parse(await node.FileAsync("child"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0, Posix.Libc.Kill(child, Posix.Libc.SigKill));
    }

    [Fact]
    public async Task More_output_than_is_kept_neither_stalls_the_script_nor_breaks_the_reply()
    {
        await using var node = await TestNode.StartAsync();
        var final = await node.RunAsync(node.Script(
            "yes 0123456789 | head -c 5000000\nyes x | head -c 30000 >&2\nexit 0"));

        var plugin = final.RuntimeStatus!["aws:runShellScript"];
        Assert.Equal("Success", plugin.Status);
        Assert.Equal((24_000, 24_000), (plugin.StandardOutput!.Length, plugin.StandardError!.Length));
        Assert.EndsWith("--output truncated--", plugin.StandardOutput, StringComparison.Ordinal);
        Assert.True(plugin.Output!.Length <= 2_500);
    }

    [Fact]
    public async Task A_cancelled_script_is_ended_and_keeps_what_it_wrote()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script($"echo begun\nsleep 300 &\necho $! > '{node.PathOf("child")}'\nwait");
        node.Server.Deliver(message);
        var child = await node.FileAsync("child");
        var cancellation = TestNode.Cancellation(message.MessageId!);
        node.Server.Deliver(cancellation);

        var final = await node.FinalAsync(message);
        var plugin = final.RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Cancelled", "Cancelled", 137, "begun\n"), (
            final.DocumentStatus, plugin.Status, plugin.Code, plugin.StandardOutput));
        await AssertGone(node, child);
        await node.UntilAsync(
            () => node.Server.Acknowledged.Contains(cancellation.MessageId), "the cancellation is acknowledged");
        Assert.All(
            node.Server.RepliesTo(cancellation.MessageId!), reply => Assert.Equal("InProgress", reply.DocumentStatus));
    }

    [Fact]
    public async Task A_script_ended_by_a_signal_says_which()
    {
        await using var node = await TestNode.StartAsync();
        var plugin = (await node.RunAsync(node.Script("kill -9 $$"))).RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", 137, "failed to run commands: signal 9"), (
            plugin.Status, plugin.Code, plugin.StandardError));
    }

    [Fact]
    public async Task Steps_run_in_order_and_169_skips_the_rest()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Message(JsonNode.Parse("""
            {"schemaVersion":"2.2","parameters":{"who":{"type":"String","default":"you"}},"mainSteps":[
              {"action":"aws:runShellScript","name":"win","precondition":{"StringEquals":["platformType","Windows"]},
               "inputs":{"runCommand":["echo never"]}},
              {"action":"aws:softwareInventory","name":"other","inputs":{}},
              {"action":"aws:runShellScript","name":"hello","inputs":{"runCommand":["echo hello {{ who }}"]}},
              {"action":"aws:runShellScript","name":"stop","inputs":{"runCommand":["exit 169"]}},
              {"action":"aws:runShellScript","name":"after","inputs":{"runCommand":["echo never"]}}]}
            """)!);
        var final = await node.RunAsync(message);

        Assert.Equal("Failed", final.DocumentStatus);
        Assert.Empty(final.RuntimeStatus!);
        var steps = node.Server.RepliesTo(message.MessageId!).SelectMany(reply => reply.RuntimeStatus ?? new Dictionary<string, PluginResult>())
            .DistinctBy(step => step.Key).ToDictionary();
        Assert.Equal(
            ["after:Skipped:0", "hello:Success:0", "other:Failed:1", "stop:Failed:169", "win:Skipped:0"],
            steps.Select(step => $"{step.Key}:{step.Value.Status}:{step.Value.Code}").Order(StringComparer.Ordinal));
        Assert.Equal("hello you\n", steps["hello"].StandardOutput);
        Assert.Contains("aws:softwareInventory is not supported", steps["other"].StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_most_five_commands_run_at_once_and_none_of_seven_is_lost()
    {
        await using var node = await TestNode.StartAsync();
        var messages = Enumerable.Range(0, 7).Select(number => node.Script(
            $"touch '{node.PathOf("up-")}{number}'\nwhile [ ! -e '{node.PathOf("go")}' ]; do sleep 0.1; done")).ToList();
        messages.ForEach(node.Server.Deliver);
        int Up() => Directory.GetFiles(node.PathOf("."), "up-*").Length;
        await node.UntilAsync(() => Up() == 5, "five run");
        await node.UntilAsync(() => node.Agent.Said.Contains("left for later", StringComparison.Ordinal), "two are left");
        Assert.Equal(5, node.Server.Acknowledged.Count);

        await File.WriteAllTextAsync(node.PathOf("go"), "", TestContext.Current.CancellationToken);
        foreach (var message in messages.Take(5))
        {
            await node.FinalAsync(message);
        }
        foreach (var message in messages.Skip(5))
        {
            Assert.Equal("Success", (await node.RunAsync(message)).DocumentStatus);
        }
    }

    [Fact]
    public async Task What_cannot_be_handled_is_given_back_or_refused()
    {
        await using var node = await TestNode.StartAsync();
        var unknown = node.Script("true") with { Topic = "aws.ssm.dance" };
        var cancel = TestNode.Cancellation("nonsense");
        var future = node.Message(JsonNode.Parse("""{"schemaVersion":"0.3","mainSteps":[]}""")!);
        var old = node.Script("true") with { CreatedDate = "2020-01-01T00:00:00.000Z" };
        node.Server.Deliver(unknown);
        node.Server.Deliver(cancel);

        Assert.Contains("schema version 0.3", (await node.RunAsync(future)).DocumentTraceOutput, StringComparison.Ordinal);
        Assert.Contains("90 days", (await node.RunAsync(old)).DocumentTraceOutput, StringComparison.Ordinal);
        await node.UntilAsync(() => node.Server.Failed.Count == 2, "two messages are given back");
        Assert.Equal(
            [new(unknown.MessageId, "NoHandlerExists"), new(cancel.MessageId, "InternalHandlerException")],
            node.Server.Failed);
        Assert.Empty(node.Server.Acknowledged);
    }

    private static Task AssertGone(TestNode node, string pid) => node.UntilAsync(
        () => Posix.ProcessIdentity.Find(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture), "b")
            is not { } found || !found.IsAlive("b"),
        "the child is gone");

    private static async Task<string> OwnUmask()
    {
        var line = (await File.ReadAllLinesAsync("/proc/self/status", TestContext.Current.CancellationToken))
            .Single(line => line.StartsWith("Umask:", StringComparison.Ordinal));
        return line.Split('\t')[1];
    }
}
