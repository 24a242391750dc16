using Casement.Server.Engine;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Windows;
using Casement.Server.Tests.Nodes;
using Casement.Server.Tests.Windows;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Tests.Faults;

/// <summary>
/// A row whose JSON is damaged: lists show the others and name it, a question for it alone is answered with its name, and what works by
/// itself goes on.
/// </summary>
public sealed class UnreadableRowTests
{
    [Fact]
    public async Task A_list_of_windows_shows_all_pages_of_the_others_and_names_the_damaged()
    {
        using var server = new WindowServer();
        var all = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            all.Add(await server.Window($"night-{i:D2}"));
        }

        // the whole of a page but one, and its last one, which makes the token
        string[] damaged = [.. all[1..9], all[19]];
        foreach (var id in damaged)
        {
            await Damage(server.Database, "windows", "window_id", id);
        }

        var seen = new List<string>();
        var named = new HashSet<string>(StringComparer.Ordinal);
        string? token = null;
        do
        {
            var page = await server.Run(new DescribeMaintenanceWindows(), new() { MaxResults = 10, NextToken = token });
            seen.AddRange(page.WindowIdentities!.Select(w => w.WindowId!));
            named.UnionWith(server.LastHeaders.Where(h => h.Key == Call.WarningHeader).Select(h => h.Value));
            token = page.NextToken;
        }
        while (token is not null);

        Assert.Equal(all.Except(damaged), seen);
        Assert.Equal(damaged.Select(id => $"The stored maintenance window {id} cannot be read. It is left out.").Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));

        var openings = await server.Run(new DescribeMaintenanceWindowSchedule(), new() { MaxResults = 16 });
        Assert.Equal(all.Except(damaged).Order(StringComparer.Ordinal), openings.ScheduledWindowExecutions!.Select(o => o.WindowId!).Order(StringComparer.Ordinal));
        Assert.NotEmpty(server.LastHeaders);
    }

    [Fact]
    public async Task A_damaged_window_is_named_to_who_asks_for_it_and_can_be_deleted()
    {
        using var server = new WindowServer();
        var window = await server.Window();
        await Damage(server.Database, "windows", "window_id", window);

        var refused = await server.Refused(new GetMaintenanceWindow(), new() { WindowId = window }, "InternalServerError");
        Assert.Equal((500, $"The stored maintenance window {window} cannot be read. The server's log says why."), (refused.Status, refused.Message));
        await server.Refused(new UpdateMaintenanceWindow(), new() { WindowId = window, Duration = 5 }, "InternalServerError");

        await server.Run(new DeleteMaintenanceWindow(), new() { WindowId = window });
        Assert.Empty((await server.Run(new DescribeMaintenanceWindows(), new())).WindowIdentities!);
    }

    [Fact]
    public async Task Lists_of_targets_and_tasks_and_of_windows_for_a_target_show_the_others()
    {
        using var server = new WindowServer();
        var window = await server.Window(unassociated: true);
        var lost = await server.Window("lost", unassociated: true);
        var node = WindowServer.By("InstanceIds", "i-0123456789abcdef0");
        List<string> targets = [await server.Target(window, node), await server.Target(window, node), await server.Target(lost, node)];
        List<string> tasks = [await server.Register(WindowServer.Task(window, node)), await server.Register(WindowServer.Task(window, node))];
        await Damage(server.Database, "window_targets", "target_id", targets[0]);
        await Damage(server.Database, "window_tasks", "task_id", tasks[1]);
        await Damage(server.Database, "windows", "window_id", lost);

        Assert.Equal(targets[1], Assert.Single((await server.Run(new DescribeMaintenanceWindowTargets(), new() { WindowId = window })).Targets!).WindowTargetId);
        Assert.Equal(tasks[0], Assert.Single((await server.Run(new DescribeMaintenanceWindowTasks(), new() { WindowId = window })).Tasks!).WindowTaskId);
        var reaching = await server.Run(new DescribeMaintenanceWindowsForTarget(), new() { ResourceType = "INSTANCE", Targets = [node] });
        Assert.Equal(window, Assert.Single(reaching.WindowIdentities!).WindowId);
        Assert.Contains(server.LastHeaders, h => h.Value.Contains(lost, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_window_with_a_damaged_task_is_not_opened_without_it()
    {
        using var server = new WindowServer();
        var window = await server.Window(unassociated: true);
        var node = WindowServer.By("InstanceIds", "i-0123456789abcdef0");
        await server.Register(WindowServer.Task(window, node));
        await Damage(server.Database, "window_tasks", "task_id", await server.Register(WindowServer.Task(window, node)));
        server.Time.MoveTo(DateTimeOffset.FromUnixTimeMilliseconds(server.Database.Read(Storage.Windows.NextOpening)!.Value));

        var (opened, _, failed) = await server.Database.Write(tx => WindowOpenings.OpenDue(tx, server.Backstage, server.Backstage.Clock.Now));
        Assert.Empty(opened);
        Assert.IsType<UnreadableRowException>(Assert.Single(failed).Why);
    }

    [Fact]
    public async Task Lists_of_commands_nodes_and_activations_show_the_others_and_a_node_s_report_mends_itself()
    {
        using var server = new NodeServer();
        var node = await server.Node();
        var (one, other) = ((await server.Send(node)).CommandId!, (await server.Send(node)).CommandId!);
        var activation = await server.Activation();
        await Damage(server.Database, "commands", "command_id", one);
        await server.Database.Write(tx => tx.Execute("INSERT INTO command_outputs(command_id, node_id, plugins) VALUES($1, $2, $3)", other, node.Id, "{"u8.ToArray()));
        await Damage(server.Database, "activations", "activation_id", activation.ActivationId!);
        await Damage(server.Database, "nodes", "node_id", node.Id);

        Assert.Equal(other, Assert.Single((await server.Run(new ListCommands(), new())).Commands!).CommandId);
        var shown = Assert.Single((await server.Run(new ListCommandInvocations(), new() { Details = true })).CommandInvocations!);
        Assert.Equal((other, "machine"), (shown.CommandId, shown.InstanceName));
        Assert.Single((await server.Run(new DescribeActivations(), new())).ActivationList!);
        Assert.Equal(node.Id, Assert.Single((await server.Run(new DescribeInstanceInformation(), new())).InstanceInformationList!).InstanceId);
        Assert.Contains("command", (await server.Refused(new GetCommandInvocation(), new() { CommandId = one, InstanceId = node.Id })).Message, StringComparison.Ordinal);

        await node.Report("Linux", "3.3.0.0");
        Assert.Equal("3.3.0.0", Assert.Single((await server.Run(new DescribeInstanceInformation(), new())).InstanceInformationList!).AgentVersion);

        // output that is damaged does not keep the command from its end
        await node.Reply(node.MessageOf(other), "Success", "done");
        Assert.Equal("Success", (await server.Command(other)).Status);
    }

    [Fact]
    public async Task Retention_and_new_zone_data_go_past_damaged_rows()
    {
        using var server = new WindowServer();
        var (sound, damaged) = (await server.Window("sound", schedule: "rate(1 hour)"), await server.Window("damaged", schedule: "rate(1 hour)"));
        server.Time.MoveTo(server.Time.GetUtcNow().AddHours(1));
        foreach (var id in (await server.Database.Write(tx => WindowOpenings.OpenDue(tx, server.Backstage, server.Backstage.Clock.Now))).Opened)
        {
            await new ExecutionRunner(server.Backstage).Advance(id);
        }

        await server.Database.Write(tx =>
        {
            tx.Execute("UPDATE executions SET snapshot='{'");
            tx.Execute("UPDATE windows SET doc='{', next_ms=1 WHERE window_id=$1", damaged);
            Storage.Windows.SetNext(tx, server.Scope, sound, server.Backstage.Clock.NowMs + 1);
        });

        Assert.Equal(1, await server.Database.Write(tx => ZoneData.Adopt(tx, DateTimeZoneProviders.Tzdb, server.Backstage.Clock.Now)));
        using var sweep = new RetentionSweep(
            server.Backstage, new Settings { DataDirectory = "", RetentionDays = 1 }, Microsoft.Extensions.Logging.Abstractions.NullLogger<RetentionSweep>.Instance);
        server.Time.MoveTo(server.Time.GetUtcNow().AddDays(3));
        Assert.NotEqual(0, await sweep.Sweep(TestContext.Current.CancellationToken));
        Assert.Equal(0, server.Database.Read(tx => tx.Count("SELECT count(*) FROM executions")));
    }

    private static Task Damage(Database database, string table, string key, string id) =>
        database.Write(tx => Assert.Equal(1, tx.Execute($"UPDATE {table} SET doc='{{\"half\":' WHERE {key}=$1", id)));
}
