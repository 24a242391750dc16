using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;
using Casement.Storage;

namespace Casement.Crash.Tests;

/// <summary>An execution that cannot be decided on is nobody's trouble but its own.</summary>
public sealed class StuckTests(Seed seed)
{
    [Fact]
    public async Task An_execution_that_cannot_be_read_holds_up_no_other_and_goes_on_once_it_can()
    {
        await using var server = await CasementServer.StartOn(await seed.Copy());
        var api = new Api(server);
        var broken = await Registered(api, server, "broken");
        var sound = await Registered(api, server, "sound");
        await Task.WhenAll(api.OpenSoon(broken), api.OpenSoon(sound));
        await api.Run(broken, "IN_PROGRESS");
        await api.Run(sound, "IN_PROGRESS");
        await server.Stop();
        var snapshot = await Spoil(server, broken, "{");
        await server.StartAgain();
        await using var agent = Agent.Start(server, Seed.NodeIn(server.Root), null);

        Assert.Equal("SUCCESS", (await api.Run(sound)).Text("Status"));
        Assert.Equal(200, (await server.Raw().SendUnsigned(new RawCall { Service = "", Method = "GET", Path = "/readyz" })).Status);
        Assert.Contains("cannot be read: lists leave it out, and it is not worked on", server.Errors, StringComparison.Ordinal);

        // the broken one's own command has ended meanwhile, too
        await server.Stop();
        await Spoil(server, broken, snapshot);
        await server.StartAgain();
        Assert.Equal("SUCCESS", (await api.Run(broken)).Text("Status"));
        Assert.Equal(["broken", "sound"], (await File.ReadAllLinesAsync(Path.Combine(server.Root, "runs"), TestContext.Current.CancellationToken)).Order());
    }

    private async Task<string> Registered(Api api, CasementServer server, string name)
    {
        var window = await api.IdleWindow(name);
        await api.Task(window, new TaskTerms { Role = seed.Role }, $"echo {name} >> {Path.Combine(server.Root, "runs")}", "InstanceIds", seed.Node);
        return window;
    }

    /// <returns>What was there before.</returns>
    private static async Task<string> Spoil(CasementServer server, string window, string snapshot)
    {
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        return await database.Write(tx =>
        {
            var before = tx.One("SELECT snapshot FROM executions WHERE window_id=$1", r => r.Text(0), window)!;
            tx.Execute("UPDATE executions SET snapshot=$2, wake_ms=0 WHERE window_id=$1", window, snapshot);
            return before;
        });
    }
}
