using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Microsoft.Data.Sqlite;

namespace Casement.Clients.Tests;

/// <summary>
/// Acknowledged means on the disk: a kill shows nothing of that, since the kernel keeps what was written. So the system calls are
/// looked at: the flush has returned before the answer is begun.
/// </summary>
public sealed class FsyncTests
{
    private const string Log = "casement.db-wal";
    private static readonly string[] Script = ["true"];

    [Fact]
    public async Task A_durable_server_has_flushed_its_log_before_it_answers_and_an_ephemeral_one_has_not()
    {
        Assert.Equal("flushed first", await AnswerOf(await Trace.Of([])));

        // the same eyes on a server that never waits for the disk
        Assert.Equal("answered first", await AnswerOf(await Trace.Of(["--ephemeral"])));
    }

    [Fact]
    public async Task The_first_commit_after_a_checkpoint_is_flushed_too_and_so_is_what_the_first_start_made()
    {
        await using var trace = await Trace.Of([]);
        var server = trace.Server;
        await Create(server, "before-the-checkpoint");
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(server.Data, "casement.db")};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(RESTART)";
            await using var answer = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            Assert.True(await answer.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal(0, answer.GetInt32(0));
        }

        await Create(server, "after-the-checkpoint");
        var calls = await trace.Until("after-the-checkpoint");
        Assert.Equal("flushed first", Judge(calls, "after-the-checkpoint"));

        // the log began anew: its head was written again, at its very beginning
        var frame = calls.First(c => IsFrame(c, "after-the-checkpoint"));
        Assert.Contains(calls, c => c.Name == "pwrite64" && c.Touches(Log) && c.Touches("\", 32, 0)") && c.Began < frame.Began && c.Began > FirstAnswer(calls, "before-the-checkpoint").Began);

        // names are durable only once their directory is flushed: the data directory's in its parent, the files' in it
        var ready = calls.First(c => c.Name == "openat" && c.Touches("server.json"));
        var parent = $"<{server.Root}>";
        Assert.Contains(calls, c => IsFlush(c) && c.Touches(parent) && c.DoneBefore(ready));
        foreach (var file in (string[])["casement.db", "master.key", "admin.env.new"])
        {
            var made = calls.First(c => c.Name == "openat" && c.Touches($"{server.Data}/{file}\"") && c.Touches("O_CREAT"));
            Assert.Contains(calls, c => IsFlush(c) && c.Touches($"<{server.Data}>") && c.Began > made.Returned && c.DoneBefore(ready));
        }
    }

    [Fact]
    public async Task An_agent_has_flushed_a_command_and_its_name_before_it_acknowledges_it()
    {
        await using var server = await CasementServer.Start("--ephemeral");
        var api = new Api(server);
        var file = Path.Combine(server.Root, "agent.trace");
        await using var node = await TestNode.Start(api, "traced", SystemCalls.Prefix(file));
        await TestNode.Online(api, node.Id);
        var sent = await api.Ssm("SendCommand", new
        {
            DocumentName = "AWS-RunShellScript", InstanceIds = new[] { node.Id }, Parameters = new { commands = Script },
        });
        var command = sent.GetProperty("Command").Text("CommandId");
        await Eventually.Is(
            () => api.Ssm("GetCommandInvocation", new { CommandId = command, InstanceId = node.Id }), seen => seen.Text("Status") == "Success");

        var calls = SystemCalls.Read(file).All;
        var acknowledged = calls.First(c => c.Name is "sendto" or "sendmsg" or "write" && c.Touches("AcknowledgeMessage") && c.Touches("<TCP"));
        var folder = $"{node.Directory}/commands/open/{command}";
        var named = calls.First(c => c.Name.StartsWith("rename", StringComparison.Ordinal) && c.Touches($"{folder}.new\"") && c.Touches($"{folder}\""));
        Assert.True(named.DoneBefore(acknowledged));
        foreach (var part in (string[])["payload.json", "receipt.json"])
        {
            Assert.Contains(calls, c => IsFlush(c) && c.Touches($"<{folder}.new/{part}.new>") && c.DoneBefore(named));
        }

        Assert.Contains(calls, c => IsFlush(c) && c.Touches($"<{folder}.new>") && c.DoneBefore(named));
        Assert.Contains(calls, c => IsFlush(c) && c.Touches($"<{node.Directory}/commands/open>") && c.Began > named.Returned && c.DoneBefore(acknowledged));
    }

    [Fact]
    public void Calls_of_several_threads_are_told_apart()
    {
        var calls = SystemCalls.Parse(
        [
            """10 pwrite64(35</d/casement.db-wal>, "x = 7", 4096, 0 <unfinished ...>""",
            """11 fdatasync(35</d/casement.db-wal> <unfinished ...>""",
            """10 <... pwrite64 resumed>)          = 4096""",
            """12 sendmsg(40<TCP:[1->2]>, {msg_iov=[{iov_base="HTTP/1.1 200 OK = 5", iov_len=5}]}, 0) = 19""",
            """11 <... fdatasync resumed>)         = 0""",
            """12 openat(AT_FDCWD</d>, "/none", O_RDONLY) = -1 ENOENT (No such file or directory)""",
            """13 fsync(9</d> <unfinished ...>""",
        ]).All;
        Assert.Equal(["pwrite64", "fdatasync", "sendmsg", "openat", "fsync"], calls.Select(c => c.Name));
        Assert.Equal([4096, 0, 19, -1, null], calls.Select(c => c.Result));
        var (written, flushed, sent) = (calls[0], calls[1], calls[2]);
        Assert.True(written.DoneBefore(sent));
        Assert.False(flushed.DoneBefore(sent));
        Assert.False(calls[3].DoneBefore(calls[4]));
    }

    private static async Task<string> AnswerOf(Trace trace)
    {
        await using (trace)
        {
            await Create(trace.Server, "looked-at");
            return Judge(await trace.Until("looked-at"), "looked-at");
        }
    }

    private static async Task Create(CasementServer server, string name)
    {
        var reply = await server.Raw().Send(RawCall.Ssm("CreateMaintenanceWindow", JsonSerializer.Serialize(new
        {
            Name = name, Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = false,
        })).With("x-test", name));
        Assert.Equal(200, reply.Status);
    }

    private static bool IsFlush(SystemCall call) => call.Name is "fsync" or "fdatasync";

    private static bool IsFrame(SystemCall call, string name) => call.Name == "pwrite64" && call.Touches(Log) && call.Touches(name);

    // the only reply after the window's first frame that carries a new window's id
    private static SystemCall FirstAnswer(IReadOnlyList<SystemCall> calls, string name)
    {
        var frame = calls.First(c => IsFrame(c, name));
        return calls.First(c => c.Began > frame.Began && c.Name is "sendmsg" or "sendto" or "write" && c.Touches("<TCP") && c.Touches("HTTP/1.1 200 OK"));
    }

    private static string Judge(IReadOnlyList<SystemCall> calls, string name)
    {
        var frame = calls.First(c => IsFrame(c, name));
        var answer = FirstAnswer(calls, name);
        Assert.Contains("WindowId", answer.Arguments, StringComparison.Ordinal);
        return calls.Any(c => IsFlush(c) && c.Touches(Log) && c.Thread == frame.Thread && c.Began > frame.Began && c.DoneBefore(answer))
            ? "flushed first"
            : "answered first";
    }

    /// <summary>A server under strace.</summary>
    private sealed class Trace(CasementServer server, string file) : IAsyncDisposable
    {
        public CasementServer Server => server;

        public static async Task<Trace> Of(string[] options)
        {
            var root = Files.NewDirectory();
            var file = Path.Combine(root, "server.trace");
            return new Trace(await CasementServer.StartOn(root, options, null, Launcher.Plain with { Prefix = SystemCalls.Prefix(file) }), file);
        }

        /// <summary>Everything up to the answer about a window: strace writes its lines a moment later than they happen.</summary>
        public async Task<IReadOnlyList<SystemCall>> Until(string name) => await Eventually.Is(
            () => Task.FromResult(SystemCalls.Read(file).All),
            calls => calls.FirstOrDefault(c => IsFrame(c, name)) is { } frame
                && calls.Any(c => c.Began > frame.Began && c.Result > 0 && c.Touches("<TCP") && c.Touches("HTTP/1.1 200 OK")));

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
