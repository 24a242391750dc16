using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;
using Casement.Tests;

namespace Casement.Clients.Tests.Network;

/// <summary>Whatever the network does between agent and server: a script runs once on each node, and its own result is what is told.</summary>
public sealed class NetworkTests(NetworkStage stage) : IClassFixture<NetworkStage>, IAsyncLifetime
{
    private static readonly string[] Both = ["one", "two"];

    // a poll that waits has its fate already: each test begins with new ones
    public async ValueTask InitializeAsync()
    {
        stage.Proxy.Resets = false;
        stage.Proxy.Accept();
        Quiet();
        var seen = stage.Proxy.Seen.Count;
        stage.Proxy.CutAll();
        foreach (var node in stage.Nodes)
        {
            await Eventually.Is(
                () => Task.FromResult(stage.Proxy.Seen.Skip(seen).Count(e => e.Operation == "GetMessages" && e.Text.Contains(node, StringComparison.Ordinal))),
                polls => polls > 0);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Delays_cuts_repetitions_and_late_arrivals_in_any_order_run_each_script_once()
    {
        for (var round = 0; round < Soak.Times(1); round++)
        {
            var dice = new Dice((ulong)(4711 + round));
            var left = 50;
            stage.Proxy.Fate = exchange =>
            {
                lock (dice)
                {
                    return left-- > 0 && dice.Percent(40) ? Fault(dice, exchange) : new NetworkFault.None();
                }
            };
            var sent = new List<(string Command, string Path)>();
            for (var i = 0; i < 3; i++)
            {
                var (path, script) = stage.Script();
                sent.Add((await stage.Send($"{script}; echo out"), path));
            }

            foreach (var (command, path) in sent)
            {
                await HasRunOnce(command, path, $"Seed {4711 + round}");
            }

            // what was kept arrives at last, the newest first, and nothing changes any more
            Quiet();
            var kept = stage.Proxy.Kept.Reverse().ToList();
            stage.Proxy.Kept.Clear();
            foreach (var exchange in kept)
            {
                Assert.InRange(await stage.Proxy.Deliver(exchange), 200, 400);
            }

            foreach (var (command, path) in sent)
            {
                await HasRunOnce(command, path, $"Seed {4711 + round}");
            }
        }
    }

    [Fact]
    public async Task A_poll_abandoned_after_the_server_had_answered_costs_a_minute_and_no_second_run()
    {
        var lost = stage.Proxy.Lost;
        var once = 1;
        stage.Proxy.Fate = exchange => exchange.Operation == "GetMessages"
            ? new NetworkFault.LoseAnswer(answer => answer.Contains("RunShellScript", StringComparison.Ordinal) && Interlocked.Decrement(ref once) == 0)
            : new NetworkFault.None();
        stage.Proxy.CutAll();
        var (path, script) = stage.Script();
        var command = await stage.Send(script, [stage.Nodes[0]]);
        await Eventually.Is(() => Task.FromResult(stage.Proxy.Lost), seen => seen > lost);

        Assert.Equal("Pending", (await stage.Invocation(command, stage.Nodes[0])).Text("Status"));
        Assert.False(File.Exists(path));
        await stage.Server.Clock.Advance("PT61S");
        Assert.Equal("Success", (await stage.Ended(command)).Text("Status"));
        Assert.Equal(["one"], await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_result_whose_receipt_was_lost_and_replies_that_come_again_an_hour_later_change_nothing()
    {
        var once = 1;
        stage.Proxy.Fate = exchange => exchange.Operation == "SendReply" && exchange.Text.Contains("out-of-this", StringComparison.Ordinal) && Interlocked.Decrement(ref once) == 0
            ? new NetworkFault.LoseAnswer()
            : new NetworkFault.None();
        var before = stage.Proxy.Seen.Count;
        var (path, script) = stage.Script();
        var command = await stage.Send($"{script}; echo out-of-this", [stage.Nodes[0]]);
        Assert.Equal("Success", (await stage.Ended(command)).Text("Status"));
        await Eventually.Is(
            () => Task.FromResult(stage.Proxy.Seen.Skip(before).Count(e => e.Operation == "SendReply" && e.Text.Contains("out-of-this", StringComparison.Ordinal))),
            seen => seen >= 2);
        var told = (await stage.Invocation(command, stage.Nodes[0])).ToString();

        await stage.Server.Clock.Advance("PT1H");
        foreach (var exchange in stage.Proxy.Seen.Skip(before).Where(e => e.Operation is "SendReply" or "AcknowledgeMessage").Reverse())
        {
            Assert.Equal(200, await stage.Proxy.Deliver(exchange));
        }

        Assert.Equal(told, (await stage.Invocation(command, stage.Nodes[0])).ToString());
        Assert.Equal(["one"], await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_command_withdrawn_while_its_acknowledgement_was_on_the_way_does_not_start()
    {
        stage.Proxy.Fate = exchange => exchange.Operation is "SendReply" or "AcknowledgeMessage" ? new NetworkFault.Keep() : new NetworkFault.None();
        var (path, script) = stage.Script();
        var command = await stage.Send(script, [stage.Nodes[0]], timeoutSeconds: 600);
        await Eventually.Is(() => Task.FromResult(stage.Proxy.Kept.Count), seen => seen > 0);
        await stage.Server.Clock.Advance("PT1H");
        Assert.Equal("DeliveryTimedOut", (await stage.Invocation(command, stage.Nodes[0])).Text("StatusDetails"));
        stage.Proxy.Kept.Clear();
        var acknowledged = stage.Proxy.Seen.Count;
        Quiet();
        await Eventually.Is(
            () => Task.FromResult(stage.Proxy.Seen.Skip(acknowledged).Count(e => e.Operation == "AcknowledgeMessage")), seen => seen > 0);
        var (other, next) = stage.Script();
        Assert.Equal("Success", (await stage.Ended(await stage.Send(next, [stage.Nodes[0]]))).Text("Status"));
        Assert.True(File.Exists(other));
        Assert.False(File.Exists(path));
        Assert.Equal("DeliveryTimedOut", (await stage.Invocation(command, stage.Nodes[0])).Text("StatusDetails"));
    }

    [Fact]
    public async Task A_result_that_comes_an_hour_after_the_server_gave_up_adds_its_output_and_changes_no_status()
    {
        var path = Path.Combine(stage.Server.Root, "late");
        var command = await stage.Send($"{WindowCalls.Gated(path)}; echo late-output", [stage.Nodes[0]], executionTimeout: "600");
        await WindowCalls.HasStarted(path);
        stage.Proxy.Fate = exchange => exchange.Operation == "SendReply" ? new NetworkFault.Keep() : new NetworkFault.None();
        WindowCalls.LetGo(path);
        await Eventually.Is(() => Task.FromResult(stage.Proxy.Kept.Count), seen => seen > 0);
        await stage.Server.Clock.Advance("PT1H11M");
        Assert.Equal("ExecutionTimedOut", (await stage.Invocation(command, stage.Nodes[0])).Text("StatusDetails"));
        stage.Proxy.Kept.Clear();
        Quiet();

        var told = await Eventually.Is(() => stage.Invocation(command, stage.Nodes[0]), seen => seen.Text("StandardOutputContent").Length > 0);
        Assert.Equal(("TimedOut", "late-output\n"), (told.Text("Status"), told.Text("StandardOutputContent")));
        var listed = (await stage.Api.Ssm("ListCommandInvocations", new { CommandId = command })).List("CommandInvocations").Single();
        Assert.Contains("Success after the command had ended", listed.Text("TraceOutput"), StringComparison.Ordinal);
        Assert.Equal(["start", "end"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_cannot_be_reached_for_a_while_gets_its_nodes_back(bool refuses)
    {
        var (refusals, resets) = (Refusals(), stage.Proxy.ResetAtOnce);
        if (refuses)
        {
            stage.Proxy.Refuse();
        }
        else
        {
            stage.Proxy.Resets = true;
            stage.Proxy.CutAll();
        }

        var (path, script) = stage.Script();
        var command = await stage.Send(script);

        // each of the two agents has tried in vain, twice where that can be counted
        await Eventually.Is(() => Task.FromResult((Refusals() - refusals, stage.Proxy.ResetAtOnce - resets)), seen => seen is (>= 2, _) or (_, >= 4));
        stage.Proxy.Accept();
        stage.Proxy.Resets = false;
        await HasRunOnce(command, path, "");
    }

    [Fact]
    public async Task What_is_open_at_one_end_only_or_comes_byte_by_byte_is_given_up_and_asked_for_again()
    {
        var (swallowed, polls, acknowledgements) = (0, 0, 0);
        stage.Proxy.Fate = exchange => (exchange.Operation, exchange.Text.Contains(stage.Nodes[0], StringComparison.Ordinal)) switch
        {
            ("GetMessages", true) when Interlocked.Increment(ref swallowed) == 1 => new NetworkFault.Swallow(),
            ("GetMessages", false) when Interlocked.Increment(ref polls) == 1 => new NetworkFault.DribbleAnswer(TimeSpan.FromMilliseconds(20)),
            ("AcknowledgeMessage", true) when Interlocked.Increment(ref acknowledgements) == 1 => new NetworkFault.Dribble(TimeSpan.FromMilliseconds(100)),
            _ => new NetworkFault.None(),
        };
        stage.Proxy.CutAll();
        await Eventually.Is(() => Task.FromResult((swallowed, polls)), seen => seen is (> 0, > 0));
        var (path, script) = stage.Script();
        await HasRunOnce(await stage.Send(script), path, "");
        Assert.True(acknowledgements > 1, "The slow acknowledgement was taken.");
    }

    private async Task HasRunOnce(string command, string path, string what)
    {
        var ended = await stage.Ended(command, moves: true);
        Assert.True(ended.Text("Status") == "Success", $"{what} {command} ended {ended.Text("StatusDetails")}\n{stage.Log}");
        Assert.Equal(Both, (await File.ReadAllLinesAsync(path)).Order(StringComparer.Ordinal));
    }

    private void Quiet() => stage.Proxy.Fate = _ => new NetworkFault.None();

    private int Refusals() => stage.Log.Split("refused").Length - 1;

    private static NetworkFault Fault(Dice dice, Exchange exchange) => dice.Next(exchange.Operation == "GetMessages" ? 6 : 7) switch
    {
        0 => new NetworkFault.Delay(TimeSpan.FromMilliseconds(dice.Next(200))),
        1 => new NetworkFault.CutBefore(),
        2 => new NetworkFault.CutRequest(),
        3 => new NetworkFault.CutAnswer(),
        4 => new NetworkFault.LoseAnswer(),
        5 => new NetworkFault.Twice(),
        _ => new NetworkFault.Keep(),
    };
}
