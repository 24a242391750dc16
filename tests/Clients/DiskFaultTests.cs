using System.Globalization;
using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;
using Casement.Storage;
using Microsoft.Data.Sqlite;

namespace Casement.Clients.Tests;

/// <summary>
/// A disk that is full, broken, locked or closed to the server: it says so in one sentence, stays up for reads, and goes on by itself
/// once the disk does.
/// </summary>
public sealed class DiskFaultTests
{
    private const UnixFileMode OwnerMay = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly string[] OneRun = ["start", "end"];
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task What_comes_due_and_what_nodes_report_while_the_disk_is_full_is_done_once_when_it_is_not()
    {
        Assert.SkipUnless(CasementServer.EffectiveUser() == 0, "Only root may mount the small disk.");
        var root = Files.NewDirectory();
        var data = Directory.CreateDirectory(Path.Combine(root, "data"), OwnerMay).FullName;
        (await Program.Run("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", data])).Succeeded();
        var server = await CasementServer.StartOn(root);
        try
        {
            var api = new Api(server);
            var (running, due) = (Path.Combine(root, "running"), Path.Combine(root, "due"));
            var role = await api.Role("window-work", "ssm:SendCommand");
            await using var node = await TestNode.Start(api, "node");
            var (one, other) = (await api.IdleWindow("running"), await api.IdleWindow("due"));
            await api.Task(one, new TaskTerms { Role = role }, WindowCalls.Gated(running), "InstanceIds", node.Id);
            await api.Task(other, new TaskTerms { Role = role }, $"echo run >> {due}", "InstanceIds", node.Id);
            await api.OpenSoon(one);
            await WindowCalls.HasStarted(running);
            await api.Run(one, "IN_PROGRESS");
            var instant = WindowCalls.Soon(2);
            await api.Ssm("UpdateMaintenanceWindow", new { WindowId = other, Schedule = WindowCalls.At(instant) });

            var filler = Path.Combine(data, "filler");
            Fill(filler);
            var refused = await Create(server, "refused");
            Assert.Equal((500, "InternalServerError"), (refused.Status, refused.Code));
            Assert.StartsWith("The database could not be written: ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("database or disk is full", refused.Message, StringComparison.Ordinal);
            await Unready(server, "full");
            Assert.Equal("running", (await Get(server, one)).Member("Name"));
            WindowCalls.LetGo(running);
            await Eventually.Is(() => File.ReadAllLinesAsync($"{running}.log"), lines => lines.Length == 2);
            await Eventually.Is(() => Task.FromResult(TimeProvider.System.GetUtcNow()), now => now > instant + TimeSpan.FromSeconds(1));
            Assert.Empty(await api.Executions(other));
            Assert.Equal("IN_PROGRESS", Assert.Single(await api.Executions(one)).Text("Status"));
            await Unready(server, "full");

            File.Delete(filler);
            await Ready(server);
            Assert.Equal("SUCCESS", (await api.Run(one)).Text("Status"));
            Assert.Equal("SUCCESS", (await api.Run(other)).Text("Status"));
            Assert.Equal(OneRun, await File.ReadAllLinesAsync($"{running}.log", TestContext.Current.CancellationToken));
            Assert.Equal(["run"], await File.ReadAllLinesAsync(due, TestContext.Current.CancellationToken));
            Assert.Equal(200, (await Create(server, "refused")).Status);
            await server.Stop();
            using (var database = Database.Open(new DatabaseOptions(Path.Combine(data, "casement.db"))))
            {
                Assert.Null(database.Read(AuditTrail.FirstBroken));
                Assert.Equal(1, database.Read(tx => tx.Count("SELECT count(*) FROM windows WHERE name='refused'")));
            }

            Fill(filler);
            var unstarted = await CasementServer.Refused("--port", "0", "--data", data);
            Assert.Equal((253, ""), (unstarted.ExitCode, unstarted.Output));
            Assert.Single(unstarted.Errors.TrimEnd('\n').Split('\n'));
        }
        finally
        {
            if (!server.Exited.IsCompleted)
            {
                await server.Kill();
            }

            (await Program.Run("/usr/bin/umount", ["-l", data])).Succeeded();
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lock_of_another_process_is_said_after_five_seconds_and_its_end_is_noticed()
    {
        await using var server = await CasementServer.Start();
        var window = (await Create(server, "before")).Member("WindowId");
        await using var other = new SqliteConnection($"Data Source={Path.Combine(server.Data, "casement.db")};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var held = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);

        var refused = await Create(server, "refused");
        Assert.Equal((500, "InternalServerError"), (refused.Status, refused.Code));
        Assert.Contains("database is locked", refused.Message, StringComparison.Ordinal);
        await Unready(server, "locked");
        Assert.Equal(200, (await Get(server, window)).Status);

        await held.RollbackAsync(TestContext.Current.CancellationToken);
        await Ready(server);
        Assert.Equal(200, (await Create(server, "refused")).Status);
    }

    [Fact]
    public async Task A_write_that_the_system_breaks_off_is_called_unknown_and_the_retry_makes_one_window()
    {
        // the system's own default is to kill who writes beyond the limit
        await using var server = await CasementServer.StartOn(
            Files.NewDirectory(), launcher: Launcher.Plain with { Prefix = ["/usr/bin/env", "--ignore-signal=XFSZ"] });
        var window = (await Create(server, "before")).Member("WindowId");
        var size = new FileInfo(Path.Combine(server.Data, "casement.db-wal")).Length;
        await Limit(server, size.ToString(CultureInfo.InvariantCulture));

        var unknown = await Create(server, "unknown");
        Assert.Equal((500, "InternalServerError"), (unknown.Status, unknown.Code));
        Assert.StartsWith("It is not known whether the database was written: ", unknown.Message, StringComparison.Ordinal);
        await Unready(server, "disk I/O error");
        Assert.Equal(200, (await Get(server, window)).Status);

        await Limit(server, "unlimited");
        await Ready(server);
        var id = (await Create(server, "unknown")).Member("WindowId");
        Assert.Equal("unknown", (await Get(server, id)).Member("Name"));
        await server.Kill();
        await server.StartAgain();
        using var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db")));
        Assert.Equal(1, database.Read(tx => tx.Count("SELECT count(*) FROM windows WHERE name='unknown'")));
    }

    private static Task<RawReply> Create(CasementServer server, string name) => server.Raw().Send(RawCall.Ssm("CreateMaintenanceWindow", JsonSerializer.Serialize(new
    {
        Name = name, Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = false, ClientToken = name,
    })));

    private static Task<RawReply> Get(CasementServer server, string id) =>
        server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", JsonSerializer.Serialize(new { WindowId = id })));

    private static async Task Unready(CasementServer server, string text)
    {
        using var reply = await Http.GetAsync(new Uri(server.Endpoint, "/readyz"), TestContext.Current.CancellationToken);
        var said = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(503, (int)reply.StatusCode);
        Assert.StartsWith("The database could not be written: ", said, StringComparison.Ordinal);
        Assert.Contains(text, said, StringComparison.Ordinal);
    }

    /// <summary>It comes back without a call of anybody's.</summary>
    private static async Task Ready(CasementServer server) => await Eventually.Is(
        async () =>
        {
            using var reply = await Http.GetAsync(new Uri(server.Endpoint, "/readyz"));
            return await reply.Content.ReadAsStringAsync();
        },
        said => said == "ready\n");

    private static void Fill(string file)
    {
        using var filler = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    private static async Task Limit(CasementServer server, string bytes) =>
        (await Program.Run("/usr/bin/prlimit", ["--pid", server.Pid.ToString(CultureInfo.InvariantCulture), $"--fsize={bytes}:unlimited"])).Succeeded();
}
