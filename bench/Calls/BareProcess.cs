using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Casement.Bench.Calls;

/// <summary><see cref="BareServer"/> in its own process.</summary>
internal sealed class BareProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _root;
    private readonly int[] _ports;

    private BareProcess(Process process, string root, int[] ports)
    {
        _process = process;
        _root = root;
        _ports = ports;
    }

    /// <summary>Reads nothing, answers nothing.</summary>
    public int Empty => _ports[0];

    /// <summary>Signature, JSON and one read.</summary>
    public int Get => _ports[1];

    /// <summary>Signature, JSON and one row in a grouped commit.</summary>
    public int Create => _ports[2];

    public static async Task<BareProcess> Start(string secret, IEnumerable<string> windowIds)
    {
        var root = Directory.CreateTempSubdirectory("casement-bare-").FullName;
        var ids = Path.Combine(root, "ids");
        await File.WriteAllLinesAsync(ids, windowIds);
        int[] ports = [FreePort(), FreePort(), FreePort()];
        var start = new ProcessStartInfo(
            Environment.ProcessPath!, [BareServer.Switch, .. ports.Select(p => p.ToString(CultureInfo.InvariantCulture)), root, ids])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(secret);
        return await process.StandardOutput.ReadLineAsync() == "ready"
            ? new BareProcess(process, root, ports)
            : throw new InvalidOperationException("The bare server did not start.");
    }

    /// <summary>A port that nothing listens on at this moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
