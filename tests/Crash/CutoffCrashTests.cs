using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Storage;

namespace Casement.Crash.Tests;

/// <summary>The cutoff comes while a script runs, and somebody dies on the way from the decision to the cancelled script.</summary>
public sealed class CutoffCrashTests(Seed seed)
{
    // long enough for the script to have started, short enough to be waited for
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(14);

    [Theory]
    [MemberData(nameof(Steps.Cutoff), MemberType = typeof(Steps))]
    public async Task A_run_is_cancelled_at_its_cutoff(string point)
    {
        // once a run: further passages are further runs
        for (var n = 1; n <= Soak.Factor; n++)
        {
            var window = "";
            await using var stage = await Stage.Start(seed, point, before: async root => window = await OpenedAlmostAnHourAgo(root));
            stage.StartNode();
            await Story.Ended(stage, window);
            Assert.True(stage.Died, $"{point} was not passed.");
            await Story.Idle(stage);
            Assert.Equal("TIMED_OUT", Assert.Single(await Story.Executions(stage, window)).Text("Status"));
            await Remains.Check(stage);
        }
    }

    // a window for an hour whose instant lies so far back that the cutoff is about to come
    private async Task<string> OpenedAlmostAnHourAgo(string root)
    {
        var window = "";
        var server = await CasementServer.StartOn(root);
        await using var api = new Unowned(server);
        window = (await api.Send(Story.Ssm("CreateMaintenanceWindow", new
        {
            Name = "cutoff", Schedule = "rate(2 hours)", Duration = 1, Cutoff = 0, AllowUnassociatedTargets = true,
        }))).Member("WindowId");
        var script = $"echo {{{{WINDOW_EXECUTION_ID}}}} $AWS_SSM_INSTANCE_ID >> {Path.Combine(root, "runs")}; n=0; while [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done";
        await api.Send(Story.TaskOf(window, seed.Role, seed.Node, script, cutoff: "CANCEL_TASK"));
        await server.Stop();
        var instant = TimeProvider.System.GetUtcNow() + Lead - TimeSpan.FromHours(1);
        using var database = Database.Open(new DatabaseOptions(Path.Combine(root, "data", "casement.db")));
        await database.Write(tx => tx.Execute(
            "UPDATE windows SET next_ms=$2, schedule_set_ms=$3, created_ms=$3 WHERE window_id=$1",
            window, instant.ToUnixTimeMilliseconds(), (instant - TimeSpan.FromHours(2)).ToUnixTimeMilliseconds()));
        return window;
    }

    /// <summary>A server whose directory somebody else removes.</summary>
    private sealed class Unowned(CasementServer server) : IAsyncDisposable
    {
        public async Task<RawReply> Send(RawCall call)
        {
            var reply = await server.Raw().Send(call);
            Assert.True(reply.Status == 200, $"{reply.Status} {reply.Text}");
            return reply;
        }

        public async ValueTask DisposeAsync()
        {
            if (!server.Exited.IsCompleted)
            {
                await server.Kill();
            }
        }
    }
}
