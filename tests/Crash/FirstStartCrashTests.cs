using Casement.Clients.Tests.Harness;

namespace Casement.Crash.Tests;

/// <summary>A first start leaves neither an unknown key nor a lying file, and the second one mends what it left.</summary>
public sealed class FirstStartCrashTests
{
    [Theory]
    [MemberData(nameof(Steps.FirstStart), MemberType = typeof(Steps))]
    public async Task A_first_start_that_died_is_mended_by_the_second(string point)
    {
        for (var n = 1; n <= Soak.Factor; n++)
        {
            var root = Files.NewDirectory();
            var data = Path.Combine(root, "data");
            var died = await Program.Run(
                Files.Server, ["--port", "0", "--data", data], new Dictionary<string, string> { ["CASEMENT_CRASH_AT"] = $"{point}:1", ["XDG_RUNTIME_DIR"] = root });
            Assert.Equal(137, died.ExitCode);
            Assert.Contains(CrashPoint.Epitaph(point, 1), died.Errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(data, "admin.env")));
            Assert.True(File.Exists(Path.Combine(data, "admin.env.new")));

            await using var server = await CasementServer.StartOn(root);
            Assert.False(File.Exists(Path.Combine(data, "admin.env.new")));
            Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
        }
    }
}
