using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Storage;

namespace Casement.Clients.Tests.Windows;

/// <summary>A server that was down says so of every occurrence that it missed.</summary>
public sealed class MissedTests
{
    [Fact]
    public async Task The_latest_missed_occurrence_opens_late_and_every_other_gets_a_row()
    {
        await using var server = await CasementServer.Start();
        var api = new Api(server);
        var window = await api.Window("missed", "rate(1 hour)", duration: 2, cutoff: 0);
        var closed = await api.Window("closed", "rate(1 day)", duration: 1, cutoff: 0);
        // reaches nobody, but takes the path of every task
        await api.Task(
            window, new TaskTerms { Role = await api.Role("window-work", "ssm:SendCommand") }, "true", "WindowTargetIds",
            await api.Target(window, "tag:tier", "nowhere"));
        await server.Stop();
        var down = TimeProvider.System.GetUtcNow().AddMinutes(-10) - TimeSpan.FromHours(5);
        await Backdate(server, down, (window, TimeSpan.FromHours(1)), (closed, TimeSpan.FromDays(1)));
        await server.StartAgain();

        var runs = await Eventually.Is(() => api.Executions(window), seen => seen.Count == 5 && seen.Any(r => r.Text("Status") == "SUCCESS"));
        var late = runs.Single(run => run.Text("Status") == "SUCCESS");
        Assert.Matches("^Opened PT1[0-9]M([0-9]+S)? late: Casement was not running", late.Text("StatusDetails"));
        var missed = runs.Where(run => run.Text("WindowExecutionId") != late.Text("WindowExecutionId")).ToList();
        Assert.All(missed, run =>
        {
            Assert.Equal("TIMED_OUT", run.Text("Status"));
            Assert.Equal("Casement was not running between the start and the cutoff of this occurrence.", run.Text("StatusDetails"));
        });

        // four hours ago for an hour: too late to open
        var over = Assert.Single(await api.Executions(closed));
        Assert.Equal("TIMED_OUT", over.Text("Status"));
    }

    // as if the schedules had been set one interval before the server went down
    private static async Task Backdate(CasementServer server, DateTimeOffset down, params (string Window, TimeSpan Interval)[] windows)
    {
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        await database.Write(tx =>
        {
            foreach (var (window, interval) in windows)
            {
                // the first missed occurrence of both falls on the same instant
                var first = down + TimeSpan.FromHours(1);
                tx.Execute(
                    "UPDATE windows SET next_ms=$2, schedule_set_ms=$3, created_ms=$3 WHERE window_id=$1",
                    window, first.ToUnixTimeMilliseconds(), (first - interval).ToUnixTimeMilliseconds());
            }
        });
    }
}
