using System.Diagnostics;
using System.Globalization;
using Casement.Bench.Calls;

namespace Casement.Bench.Servers;

/// <summary>moto's stand-alone server, where it is installed: in memory, and without looking at signatures.</summary>
internal sealed class Moto : IAsyncDisposable
{
    private readonly Process _process;

    private Moto(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Null where there is none on the path.</summary>
    public static async Task<Moto?> Start()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "moto_server")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return null;
        }

        var port = BareProcess.FreePort();
        var process = Process.Start(new ProcessStartInfo(program, ["-p", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        for (var attempt = 0; attempt < 300; attempt++)
        {
            try
            {
                using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/moto-api/"));
                return new Moto(process, port);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("moto_server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
