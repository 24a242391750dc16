using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>With the limits of AWS at most five executions run at a time.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task The_sixth_execution_waits_as_PENDING_until_one_has_ended_and_a_waiting_one_can_be_cancelled()
    {
        await using var server = await CasementServer.Start("--ephemeral", "--clock", "manual", "--at", "2026-09-07T08:00:00Z", "--quotas", "aws");
        var api = new Api(server);
        await using var node = await TestNode.Start(api, "quota");
        var role = await api.Role("window-work", "ssm:SendCommand");
        var windows = new List<string>();
        foreach (var number in Enumerable.Range(0, 7))
        {
            // a minute apart, so that it is sure who comes first
            var window = await api.Window($"quota-{number}", $"at(2026-09-07T08:0{number + 1}:00)");
            await api.Task(window, new TaskTerms { Role = role }, WindowCalls.Gated(Path.Combine(server.Root, $"quota-{number}")), "InstanceIds", node.Id);
            windows.Add(window);
        }

        await server.Clock.Advance("PT10M");
        for (var number = 0; number < 5; number++)
        {
            await WindowCalls.HasStarted(Path.Combine(server.Root, $"quota-{number}"));
        }

        Assert.Equal("PENDING", (await api.Run(windows[5], "PENDING")).Text("Status"));
        var seventh = (await api.Run(windows[6], "PENDING")).Text("WindowExecutionId");
        Assert.All(await api.TasksOf(seventh), task => Assert.Equal("PENDING", task.Text("Status")));
        await api.Ssm("CancelMaintenanceWindowExecution", new { WindowExecutionId = seventh });
        await api.Run(windows[6], "CANCELLED");
        Assert.All(await api.TasksOf(seventh), task => Assert.Equal("CANCELLED", task.Text("Status")));

        WindowCalls.LetGo(Path.Combine(server.Root, "quota-2"));
        await api.Run(windows[2], "SUCCESS");
        await WindowCalls.HasStarted(Path.Combine(server.Root, "quota-5"));
        for (var number = 0; number < 6; number++)
        {
            WindowCalls.LetGo(Path.Combine(server.Root, $"quota-{number}"));
            await api.Run(windows[number], "SUCCESS");
        }

        Assert.False(File.Exists(Path.Combine(server.Root, "quota-6.log")));
    }
}
