using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Storage;

namespace Casement.Clients.Tests;

/// <summary>A reply, or its absence, promises a state; the process dies around the commit, and the promise is looked at.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task What_was_answered_survives_the_kill_that_follows()
    {
        await using var server = await CasementServer.Start();
        var made = (await server.Aws().Run(
            "ssm", "create-maintenance-window", "--name", "nightly", "--schedule", "cron(0 2 ? * SUN *)", "--duration", "4", "--cutoff", "1",
            "--allow-unassociated-targets", "--tags", "Key=team,Value=blue")).Succeeded().Json.GetProperty("WindowId").GetString()!;
        await server.Kill();
        await server.StartAgain();
        var read = (await server.Aws().Run("ssm", "get-maintenance-window", "--window-id", made)).Succeeded().Json;
        Assert.Equal("nightly", read.GetProperty("Name").GetString());
        Assert.Equal("cron(0 2 ? * SUN *)", read.GetProperty("Schedule").GetString());
        Assert.Equal(4, read.GetProperty("Duration").GetInt32());
    }

    [Theory]
    [InlineData(CrashPoint.CallBeforeCommit, false)]
    [InlineData(CrashPoint.CallAfterCommit, true)]
    public async Task Between_commit_and_reply_the_commit_decides(string point, bool kept)
    {
        await using var server = await CasementServer.Start();
        await server.Stop();
        await server.StartAgain(new Dictionary<string, string> { ["CASEMENT_CRASH_AT"] = $"{point}:3" });
        var raw = server.Raw();
        var answered = new List<string>();
        while (answered.Count < 50)
        {
            try
            {
                var reply = await raw.Send(Create($"window-{answered.Count}"));
                Assert.Equal(200, reply.Status);
                answered.Add(reply.Member("WindowId"));
            }
            catch (IOException)
            {
                break;
            }
        }

        Assert.InRange(answered.Count, 1, 49);
        Assert.Equal(137, await server.Exited);
        var broken = $"window-{answered.Count}";
        await server.StartAgain(new Dictionary<string, string>());

        Assert.All(await Task.WhenAll(answered.Select(id => Get(server, id))), reply => Assert.Equal(200, reply.Status));
        Assert.Equal(kept ? 1 : 0, await Count(server, broken));

        // the client that heard nothing asks again with its token, and has one window in either case
        var again = await server.Raw().Send(Create(broken));
        Assert.Equal(broken, (await Get(server, again.Member("WindowId"))).Member("Name"));
        Assert.Equal(1, await Count(server, broken));
    }

    private static RawCall Create(string name) => RawCall.Ssm("CreateMaintenanceWindow", JsonSerializer.Serialize(new
    {
        Name = name, Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = false, ClientToken = name,
    }));

    private static Task<RawReply> Get(CasementServer server, string id) =>
        server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", JsonSerializer.Serialize(new { WindowId = id })));

    // counted in the database itself, since a listing could hide what a crash left
    private static Task<long> Count(CasementServer server, string name)
    {
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        return Task.FromResult(database.Read(tx => tx.Count("SELECT count(*) FROM windows WHERE name=$1", name)));
    }
}
