using System.Security.Cryptography;
using System.Text.Json;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests;

/// <summary>Files that the server's user may not write, as a wrong chown or a mount leaves them: for root nothing is closed, so it is not root.</summary>
public sealed class ClosedFileTests
{
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead;
    private const UnixFileMode OwnerMay = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Theory]
    [InlineData("casement.db", "readonly")]
    [InlineData("casement.db-wal", "readonly")]
    [InlineData("", "readonly")]
    [InlineData("lock", "cannot be written")]
    public async Task A_file_that_the_server_may_not_write_refuses_the_start_in_one_line_and_changes_nothing(string file, string text)
    {
        await using var server = await CasementServer.StartOn(Files.NewDirectory(), launcher: Launcher.Unprivileged);
        var window = (await Create(server)).Member("WindowId");
        await server.Kill();
        if (file is "")
        {
            // without a log there is one to make
            await server.StartAgain();
            await server.Stop();
        }

        var path = Path.Combine(server.Data, file);
        var mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, file is "" ? OwnerMayRead | UnixFileMode.UserExecute : OwnerMayRead);
        var before = await Hash(server);
        var refused = await Launcher.Unprivileged.Refused("--port", "0", "--data", server.Data);
        Assert.Equal((253, ""), (refused.ExitCode, refused.Output));
        Assert.Contains(text, Assert.Single(refused.Errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Contains(server.Data, refused.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await Hash(server));

        File.SetUnixFileMode(path, mode);
        await server.StartAgain();
        Assert.Equal("kept", (await Get(server, window)).Member("Name"));
    }

    [Fact]
    public async Task A_directory_closed_under_a_running_server_harms_it_only_at_its_next_start()
    {
        await using var server = await CasementServer.StartOn(Files.NewDirectory(), launcher: Launcher.Unprivileged);
        File.SetUnixFileMode(server.Data, OwnerMayRead | UnixFileMode.UserExecute);
        var window = (await Create(server)).Member("WindowId");
        Assert.Equal(200, (await Get(server, window)).Status);
        Assert.Equal(0, await server.Stop());

        File.SetUnixFileMode(server.Data, OwnerMay);
        await server.StartAgain();
        Assert.Equal("kept", (await Get(server, window)).Member("Name"));
    }

    private static Task<RawReply> Create(CasementServer server) => server.Raw().Send(RawCall.Ssm("CreateMaintenanceWindow", JsonSerializer.Serialize(new
    {
        Name = "kept", Schedule = "rate(1 day)", Duration = 2, Cutoff = 0, AllowUnassociatedTargets = false,
    })));

    private static Task<RawReply> Get(CasementServer server, string id) =>
        server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", JsonSerializer.Serialize(new { WindowId = id })));

    private static async Task<string> Hash(CasementServer server) =>
        Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(server.Data, "casement.db"))));
}
