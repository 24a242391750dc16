using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Casement.Clients.Tests.Harness;

[assembly: AssemblyFixture(typeof(SharedServer))]
[assembly: UnsupportedOSPlatform("windows")]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Casement.Clients.Tests.Harness;

/// <summary>
/// One ephemeral server for all tests that need none of their own. They keep out of each other's way by <see cref="Name"/>,
/// and assert nothing about what others may have made.
/// </summary>
public sealed class SharedServer : IAsyncLifetime
{
    private static int _names;
    private CasementServer? _server;

    public CasementServer Server => _server!;

    /// <summary>A name that no other test of this run uses.</summary>
    public static string Name(string stem) => $"{stem}-{Interlocked.Increment(ref _names):D4}";

    public async ValueTask InitializeAsync() => _server = await CasementServer.Start("--ephemeral");

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
