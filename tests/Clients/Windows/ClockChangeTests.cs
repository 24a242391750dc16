using System.Globalization;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>The days on which clocks change, through the stock CLI on a server whose own clock is moved over them.</summary>
public sealed class ClockChangeTests
{
    [Fact]
    public async Task In_Berlin_a_repeated_hour_opens_once_and_a_skipped_one_opens_when_the_gap_ends()
    {
        await using var server = await CasementServer.Start("--ephemeral", "--clock", "manual", "--at", "2026-10-24T12:00:00Z");
        var daily = await Create(server, "daily", "cron(30 2 ? * * *)");
        await Advance(server, "P2D");
        Assert.Equal(["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"], await Opened(server, daily));
        (await server.Aws().Run("ssm", "update-maintenance-window", "--window-id", daily, "--no-enabled")).Succeeded();

        // Sunday the 28th has no 02:30
        var spring = await Create(server, "spring", "cron(30 2 27-29 3 ? 2027)");
        var next = (await server.Aws().Run("ssm", "describe-maintenance-window-schedule", "--window-id", spring)).Succeeded().Json
            .List("ScheduledWindowExecutions").Select(o => Utc(o.Text("ExecutionTime")));
        string[] expected = ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"];
        Assert.Equal(expected, next);
        await Advance(server, "P160D");
        Assert.Equal(expected, await Opened(server, spring));
        Assert.Equal(2, (await Opened(server, daily)).Count);
    }

    private static async Task<string> Create(CasementServer server, string name, string schedule) => (await server.Aws().Run(
        "ssm", "create-maintenance-window", "--name", name, "--schedule", schedule, "--schedule-timezone", "Europe/Berlin", "--duration", "1",
        "--cutoff", "0", "--no-allow-unassociated-targets")).Succeeded().Json.Text("WindowId");

    private static async Task Advance(CasementServer server, string duration) => (await Program.Run(
        Files.Cli, ["clock", "advance", duration], new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = server.RuntimeDirectory }))
        .Succeeded();

    private static async Task<List<string>> Opened(CasementServer server, string window)
    {
        var runs = (await server.Aws().Run("ssm", "describe-maintenance-window-executions", "--window-id", window)).Succeeded().Json.List("WindowExecutions");
        Assert.All(runs, run => Assert.Equal(("SUCCESS", "No tasks to execute."), (run.Text("Status"), run.Text("StatusDetails"))));
        return [.. runs.Select(run => Utc(run.Text("StartTime"))).Order(StringComparer.Ordinal)];
    }

    private static string Utc(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)
        .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
