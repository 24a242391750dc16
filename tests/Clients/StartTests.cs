using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Casement.Clients.Tests.Harness;
using Casement.Storage;

namespace Casement.Clients.Tests;

/// <summary>From nothing to a running server, and every way in which that can be refused: one line, exit 253, nothing changed.</summary>
public sealed class StartTests
{
    private const int EnvironmentFault = 253;
    private const int UsageFault = 252;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task What_the_server_makes_is_its_owner_s_alone()
    {
        await using var server = await CasementServer.Start();
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(server.Data));
        var files = Directory.GetFiles(server.Data, "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => Path.GetFileName(f) == "admin.env");
        Assert.Contains(files, f => Path.GetFileName(f) == "master.key");
        Assert.All(files, f => Assert.Equal((f, OwnerOnly), (f, File.GetUnixFileMode(f))));
        Assert.DoesNotContain(server.Admin.SecretAccessKey, server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_before_anything_is_made()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, 0);
        squatter.Start();
        var port = ((IPEndPoint)squatter.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await RefusedAndUnchanged(data => CasementServer.Refused("--data", data, "--port", port), $"Port {port} on 127.0.0.1 is in use");

        var unmade = Path.Combine(Files.NewDirectory(), "data");
        OneLine(await CasementServer.Refused("--data", unmade, "--port", port), EnvironmentFault, $"Port {port} on 127.0.0.1 is in use");
        Assert.False(Directory.Exists(unmade));
        Directory.Delete(Path.GetDirectoryName(unmade)!);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_said()
    {
        // root may write everywhere: a user without privileges is refused in root's directory, and everybody in /proc
        var refused = await Program.Run(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Files.Server, "--port", "0", "--data", "/usr/share/casement-test"]);
        OneLine(refused, EnvironmentFault, "/usr/share/casement-test");
        Assert.False(Directory.Exists("/usr/share/casement-test"));
    }

    [Fact]
    public async Task A_data_directory_has_one_server_at_a_time()
    {
        await using var server = await CasementServer.Start();
        OneLine(await CasementServer.Refused("--port", "0", "--data", server.Data), EnvironmentFault, "is in use by another server");
        Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
    }

    [Fact]
    public async Task A_data_directory_open_to_others_is_refused()
    {
        await RefusedAndUnchanged(
            data =>
            {
                File.SetUnixFileMode(data, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
                return CasementServer.Refused("--data", data, "--port", "0");
            },
            "is open to other users");
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_left_alone()
    {
        await using var server = await CasementServer.Start();
        await server.Stop();
        var file = Path.Combine(server.Data, "casement.db");
        using (var database = Database.Open(new DatabaseOptions(file)))
        {
            await database.Write(tx => tx.Execute("UPDATE meta SET value='9999' WHERE key='schema'"));
        }

        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        OneLine(await CasementServer.Refused("--port", "0", "--data", server.Data), EnvironmentFault, "schema 9999");
        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Unknown option '--colour'", "--colour")]
    [InlineData("--port needs a value", "--port")]
    [InlineData("--port is a number from 0 to 65535, not '65536'", "--port", "65536")]
    [InlineData("--account is twelve digits", "--account", "12345")]
    [InlineData("--clock manual goes with --ephemeral", "--clock", "manual")]
    [InlineData("--at goes with --clock manual", "--ephemeral", "--at", "2027-01-01T00:00:00Z")]
    [InlineData("--at is an instant from 1970 to the end of 9998", "--ephemeral", "--clock", "manual", "--at", "9999-06-01T00:00:00Z")]
    public async Task Options_that_make_no_sense_are_said(string text, params string[] options)
    {
        OneLine(await CasementServer.Refused(options), UsageFault, text);
    }

    [Fact]
    public async Task Listening_beyond_this_machine_without_TLS_must_be_asked_for()
    {
        await RefusedAndUnchanged(data => CasementServer.Refused("--data", data, "--port", "0", "--listen", "0.0.0.0"), "--insecure-http");
    }

    [Fact]
    public async Task Told_to_stop_it_exits_with_0_and_goes_on_where_it_was()
    {
        await using var server = await CasementServer.Start();
        var key = server.Admin;
        Assert.Equal(0, await server.Stop());
        Assert.False(File.Exists(Path.Combine(server.Data, "server.json")));
        await server.StartAgain();
        Assert.Equal(key, server.Admin);
        Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
    }

    [Fact]
    public async Task A_master_key_that_cannot_be_made_is_said()
    {
        var root = Files.NewDirectory();
        var ended = await CasementServer.Refused("--port", "0", "--data", Path.Combine(root, "data"), "--master-key-file", Path.Combine(root, "missing", "key"));
        Assert.Equal(253, ended.ExitCode);
        Assert.StartsWith($"The master key {Path.Combine(root, "missing", "key")} cannot be read or made: ", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_master_key_other_than_the_database_s_is_refused()
    {
        await using var server = await CasementServer.Start();
        await server.Kill();
        var file = Path.Combine(server.Data, "master.key");
        var own = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, Casement.Server.Iam.MasterKey.NewFileText(), TestContext.Current.CancellationToken);

        var ended = await CasementServer.Refused("--port", "0", "--data", server.Data);
        Assert.Equal(253, ended.ExitCode);
        Assert.Contains($"is not the one that this database was made with, which is {own.Split(' ')[0]}", ended.Errors, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, own, TestContext.Current.CancellationToken);
        await server.StartAgain();
    }

    [Theory]
    [InlineData("a link")]
    [InlineData("a file")]
    public async Task A_runtime_directory_that_is_not_the_user_s_own_is_left_alone_and_said(string planted)
    {
        var root = Files.NewDirectory();
        var elsewhere = Directory.CreateDirectory(Path.Combine(root, "elsewhere"));
        var runtime = Path.Combine(root, $"casement-{CasementServer.EffectiveUser()}");
        if (planted == "a link")
        {
            Directory.CreateSymbolicLink(runtime, elsewhere.FullName);
        }
        else
        {
            await File.WriteAllTextAsync(runtime, "", TestContext.Current.CancellationToken);
        }

        var data = Directory.CreateDirectory(Path.Combine(root, "data"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var watcher = new FileSystemWatcher(data.FullName, "server.json");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, _) => ready.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var server = System.Diagnostics.Process.Start(
            Program.Start(Files.Server, ["--port", "0", "--data", data.FullName], new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = root }))!;
        try
        {
            await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            var said = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);

            Assert.StartsWith($"{runtime} is not this user's own directory", said, StringComparison.Ordinal);
            Assert.Empty(elsewhere.EnumerateFileSystemInfos());
            Assert.False(server.HasExited);
        }
        finally
        {
            server.Kill();
        }
    }

    [Fact]
    public async Task An_ephemeral_server_leaves_nothing_behind()
    {
        var server = await CasementServer.Start("--ephemeral");
        var data = server.Data;
        await server.DisposeAsync();
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Two_servers_on_two_directories_know_nothing_of_each_other()
    {
        await using var one = await CasementServer.Start();
        await using var two = await CasementServer.Start();
        Assert.NotEqual(one.Endpoint, two.Endpoint);
        Assert.Equal(200, (await two.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
        Assert.Equal("InvalidClientTokenId", (await two.Raw().SendSigned(RawCall.Sts("GetCallerIdentity"), one.Admin)).Code);
    }

    [Fact]
    public async Task A_pending_admin_file_whose_key_was_committed_takes_its_place()
    {
        await using var server = await CasementServer.Start();
        var key = server.Admin;
        await server.Kill();
        File.Move(Path.Combine(server.Data, "admin.env"), Path.Combine(server.Data, "admin.env.new"));
        await server.StartAgain();
        Assert.Equal(key, server.Admin);
        Assert.False(File.Exists(Path.Combine(server.Data, "admin.env.new")));
        Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
    }

    [Fact]
    public async Task A_pending_admin_file_whose_key_was_not_committed_goes()
    {
        await using var server = await CasementServer.Start();
        var key = server.Admin;
        await server.Kill();
        var pending = Path.Combine(server.Data, "admin.env.new");
        await File.WriteAllTextAsync(pending, "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=lie\n", TestContext.Current.CancellationToken);
        await server.StartAgain();
        Assert.Equal(key, server.Admin);
        Assert.False(File.Exists(pending));
    }

    [Theory]
    [InlineData(CrashPoints.BeforeCommit)]
    [InlineData(CrashPoints.AfterCommit)]
    public async Task A_first_start_that_died_around_its_commit_is_mended_by_the_second(string point)
    {
        var root = Files.NewDirectory();
        var data = Path.Combine(root, "data");
        var died = await Program.Run(Files.Server, ["--port", "0", "--data", data], new Dictionary<string, string> { ["CASEMENT_CRASH_AT"] = $"{point}:1", ["XDG_RUNTIME_DIR"] = root });
        Assert.Equal(137, died.ExitCode);
        Assert.False(File.Exists(Path.Combine(data, "admin.env")));
        Assert.True(File.Exists(Path.Combine(data, "admin.env.new")));

        await using var server = await CasementServer.StartOn(root);
        Assert.False(File.Exists(Path.Combine(data, "admin.env.new")));
        Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
    }

    [Fact]
    public async Task A_browser_gets_a_page_that_says_what_this_is()
    {
        await using var server = await CasementServer.Start("--ephemeral");
        var page = await server.Raw().SendUnsigned(new RawCall { Service = "", Method = "GET", Headers = [new("Accept", "text/html,application/xhtml+xml")] });
        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/html", page.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Contains("Casement", page.Text, StringComparison.Ordinal);
        Assert.Contains("README", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control-Allow-Origin", page.Headers.Keys);
    }

    private static async Task RefusedAndUnchanged(Func<string, Task<Ended>> start, string text)
    {
        var data = Files.NewDirectory();
        OneLine(await start(data), EnvironmentFault, text);
        Assert.Empty(Directory.GetFileSystemEntries(data));
        Directory.Delete(data, recursive: true);
    }

    private static void OneLine(Ended refused, int exitCode, string text)
    {
        Assert.Equal((exitCode, ""), (refused.ExitCode, refused.Output));
        Assert.Single(refused.Errors.TrimEnd('\n').Split('\n'));
        Assert.Contains(text, refused.Errors, StringComparison.Ordinal);
    }
}
