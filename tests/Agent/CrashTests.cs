using System.Globalization;
using System.Text.Json.Nodes;
using Casement.Agent.Commands;
using Casement.Agent.Posix;
using Casement.Aws.Nodes;

namespace Casement.Agent.Tests;

public sealed class CrashTests
{
    [Fact]
    public async Task A_message_delivered_again_is_answered_and_not_run_again()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script(Counting(node));
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        node.Server.Deliver(message);
        await node.UntilAsync(() => node.Server.Acknowledged.Count == 2, "it is acknowledged again while it runs");
        Release(node);
        await node.FinalAsync(message);
        await node.UntilAsync(() => !Bodies(node), "the script is deleted");

        node.Server.Deliver(message);
        await node.UntilAsync(() => node.Server.Acknowledged.Count == 3, "it is acknowledged again when it is over");

        await node.UntilAsync(() => Finals(node).Count == 2, "its result is told again");
        var finals = Finals(node);
        Assert.Equal(finals[0].Request.ReplyId, finals[1].Request.ReplyId);
        Assert.Equal("run", await node.FileAsync("runs"));
    }

    [Fact]
    public async Task The_agent_killed_in_mid_script_reports_the_real_result_after_its_restart()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script($"{Counting(node)}\necho out\necho err >&2\nexit 7");
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        await node.Agent.KillAsync();
        node.Server.Deliver(message);
        await node.StartAgentAsync();
        Release(node);

        var plugin = (await node.FinalAsync(message)).RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", 7, "out\n"), (plugin.Status, plugin.Code, plugin.StandardOutput));
        Assert.Equal("run", await node.FileAsync("runs"));
    }

    [Fact]
    public async Task A_script_that_ended_while_no_agent_was_there_is_reported_by_the_next()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script($"{Counting(node)}\necho out\necho end > '{node.PathOf("ended")}'");
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        Assert.Equal(0, await node.Agent.TerminateAsync());
        Release(node);
        await node.FileAsync("ended");
        await node.StartAgentAsync();

        var final = await node.FinalAsync(message);
        Assert.Equal(("Success", "out\n"), (
            final.DocumentStatus, final.RuntimeStatus!["aws:runShellScript"].StandardOutput));
        Assert.Equal("run", await node.FileAsync("runs"));
    }

    [Fact]
    public async Task Agent_and_supervisor_killed_means_failed_and_never_a_second_start()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script($"echo before\n{Counting(node)}");
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        var supervisor = await node.SupervisorAsync();
        await node.Agent.KillAsync();
        Assert.Equal(0, Libc.Kill(supervisor, Libc.SigKill));
        await node.StartAgentAsync();

        var plugin = (await node.FinalAsync(message)).RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", PartEnd.LostNote), (plugin.Status, plugin.StandardError));
        Assert.Equal("The node stopped while this command ran; it was not started again.", PartEnd.LostNote);
        var script = int.Parse(await node.FileAsync("pid"), CultureInfo.InvariantCulture);
        await node.UntilAsync(
            () => ProcessIdentity.Find(script, "b") is not { } found || !found.IsAlive("b"), "the orphan is ended");
        Assert.Equal("run", await node.FileAsync("runs"));
    }

    [Fact]
    public async Task A_document_goes_on_at_the_step_where_the_agent_was_killed()
    {
        await using var node = await TestNode.StartAsync();
        var step = (string name, string script) => new JsonObject
        {
            ["action"] = "aws:runShellScript", ["name"] = name,
            ["inputs"] = new JsonObject { ["runCommand"] = new JsonArray(script) },
        };
        var message = node.Message(new JsonObject
        {
            ["schemaVersion"] = "2.2",
            ["mainSteps"] = new JsonArray(
                step("a", $"echo a >> '{node.PathOf("order")}'"), step("b", Counting(node)),
                step("c", $"echo c >> '{node.PathOf("order")}'")),
        });
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        await node.Agent.KillAsync();
        await node.StartAgentAsync();
        Release(node);

        Assert.Equal("Success", (await node.FinalAsync(message)).DocumentStatus);
        Assert.Equal("a\nc", await node.FileAsync("order"));
        Assert.Equal("run", await node.FileAsync("runs"));
        Assert.Equal(
            ["a", "b", "c"],
            node.Server.RepliesTo(message.MessageId!).SelectMany(reply => reply.RuntimeStatus?.Keys ?? []).Distinct().Order());
    }

    [Fact]
    public async Task A_script_leads_its_own_session()
    {
        await using var node = await TestNode.StartAsync();
        var final = await node.RunAsync(node.Script("echo $$ $$\ncut -d' ' -f5,6 /proc/$$/stat"));
        var lines = final.RuntimeStatus!["aws:runShellScript"].StandardOutput!.Trim().Split('\n');
        Assert.Equal(lines[0], lines[1]);
    }

    [Fact]
    public async Task A_supervisor_killed_under_a_living_agent_is_noticed()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script(Counting(node));
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        Assert.Equal(0, Libc.Kill(await node.SupervisorAsync(), Libc.SigKill));

        Assert.Equal(PartEnd.LostNote, (await node.FinalAsync(message)).RuntimeStatus!["aws:runShellScript"].StandardError);
    }

    [Fact]
    public async Task An_abandoned_poll_is_asked_again()
    {
        await using var node = await TestNode.StartAsync();
        Interlocked.Exchange(ref node.Server.PollsToAbort, 2);
        await node.UntilAsync(() => node.Server.PollsToAbort <= 0, "two polls were dropped");

        Assert.Equal("Success", (await node.RunAsync(node.Script("true"))).DocumentStatus);
    }

    [Fact]
    public async Task A_result_waits_for_a_server_that_is_away()
    {
        await using var node = await TestNode.StartAsync();
        var message = node.Script($"{Counting(node)}\necho result\necho end > '{node.PathOf("ended")}'");
        node.Server.Deliver(message);
        await node.FileAsync("runs");
        await node.Server.StopAsync();
        Release(node);
        await node.FileAsync("ended");
        await node.UntilAsync(
            () => node.Agent.Said.Contains("does not answer", StringComparison.Ordinal), "the agent misses the server");
        node.Server.Start();

        Assert.Equal("result\n", (await node.FinalAsync(message)).RuntimeStatus!["aws:runShellScript"].StandardOutput);
        Assert.Equal("run", await node.FileAsync("runs"));
    }

    [Fact]
    public async Task A_command_that_the_server_has_withdrawn_is_not_started()
    {
        await using var node = await TestNode.StartAsync();
        node.Server.Refusals[NodeTargets.AcknowledgeMessage] = ("InvalidMessageIdException", "Expired.");
        node.Server.Deliver(node.Script(Counting(node)));
        await node.UntilAsync(() => node.Agent.Said.Contains("withdrawn", StringComparison.Ordinal), "the agent says so");
        Assert.False(File.Exists(node.PathOf("runs")));
    }

    [Fact]
    public async Task A_wish_for_a_restart_fails_where_no_reboot_command_is_configured()
    {
        await using var node = await TestNode.StartAsync();
        var plugin = (await node.RunAsync(node.Script("exit 194"))).RuntimeStatus!["aws:runShellScript"];
        Assert.Equal(("Failed", 194), (plugin.Status, plugin.Code));
        Assert.Contains("--reboot-command", plugin.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_restart_that_it_wished_for_a_script_runs_again_from_its_start()
    {
        await using var node = TestNode.Create();
        string[] reboot = ["--reboot-command", $"echo now > '{node.PathOf("reboot")}'"];
        await node.StartAgentAsync(reboot);
        var message = node.Script(
            $"if [ -e '{node.PathOf("once")}' ]; then echo second; exit 0; fi\n"
            + $"echo first\ntouch '{node.PathOf("once")}'\nexit 194");
        node.Server.Deliver(message);
        await node.FileAsync("reboot");
        var wish = node.Server.RepliesTo(message.MessageId!).Last();
        Assert.Equal(("InProgress", 194), (wish.DocumentStatus, wish.RuntimeStatus!["aws:runShellScript"].Code));
        await node.Agent.KillAsync();
        node.ChangeBoot("second boot");
        await node.StartAgentAsync(reboot);

        var final = await node.FinalAsync(message);
        Assert.Equal(("Success", "first\nsecond\n"), (
            final.DocumentStatus, final.RuntimeStatus!["aws:runShellScript"].StandardOutput));
    }

    /// <summary>Counts its runs, then waits to be released.</summary>
    private static List<(SendReplyRequest Request, ReplyPayload Payload)> Finals(TestNode node) =>
        [.. node.Server.Replies.Where(reply => reply.Payload.DocumentStatus == "Success")];

    private static string Counting(TestNode node) =>
        $"echo $$ > '{node.PathOf("pid")}'\necho run >> '{node.PathOf("runs")}'\n"
        + $"n=0; while [ ! -e '{node.PathOf("go")}' ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done";

    private static void Release(TestNode node) => File.WriteAllText(node.PathOf("go"), "");

    private static bool Bodies(TestNode node) =>
        Directory.EnumerateFiles(node.AgentDirectory, "*", SearchOption.AllDirectories)
            .Any(file => Path.GetFileName(file) is "_script.sh" or "payload.json");
}
