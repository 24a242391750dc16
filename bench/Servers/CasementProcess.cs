using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Casement.Aws.Signing;

namespace Casement.Bench.Servers;

/// <summary>The product's own server, as published, on a durable data directory of its own with default settings.</summary>
internal sealed partial class CasementProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly Lazy<string> Program = new(Publish);
    private readonly Process _process;
    private readonly string _root;

    private CasementProcess(Process process, string root, int port, AwsCredentials admin)
    {
        _process = process;
        _root = root;
        Port = port;
        Admin = new Signer(port, admin, "us-east-1");
    }

    public static string Root { get; } = Environment.GetEnvironmentVariable("CASEMENT_ROOT")
        ?? throw new InvalidOperationException("CASEMENT_ROOT is not set: use bench/run.");

    public int Port { get; }

    public int Pid => _process.Id;

    public Signer Admin { get; }

    public const string Account = "123456789012";

    public string DatabaseFile => Path.Combine(_root, "data", "casement.db");

    /// <summary>Starts it on a new directory and waits until it says that it is ready.</summary>
    public static async Task<CasementProcess> Start(IReadOnlyDictionary<string, string>? environment = null)
    {
        var root = Directory.CreateTempSubdirectory("casement-bench-").FullName;
        var data = Path.Combine(root, "data");
        var start = new ProcessStartInfo(Program.Value, ["--port", "0", "--data", data]) { RedirectStandardInput = true };
        start.Environment["XDG_RUNTIME_DIR"] = root;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        var ready = Path.Combine(data, "server.json");
        var began = Stopwatch.GetTimestamp();
        while (!File.Exists(ready))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartDeadline)
            {
                throw new InvalidOperationException("The server did not start.");
            }

            await Task.Delay(10);
        }

        using var said = JsonDocument.Parse(await File.ReadAllTextAsync(ready));
        var variables = (await File.ReadAllLinesAsync(Path.Combine(data, "admin.env"))).Select(l => l.Replace("export ", "", StringComparison.Ordinal).Split('=', 2))
            .Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim('\'', '"'));
        return new CasementProcess(
            process, root, new Uri(said.RootElement.GetProperty("endpoint").GetString()!).Port,
            new AwsCredentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]));
    }

    /// <summary>As a release is built: ReadyToRun, on the shared framework.</summary>
    private static string Publish()
    {
        if (Environment.GetEnvironmentVariable("CASEMENT_BENCH_SERVER") is { Length: > 0 } given)
        {
            return given;
        }

        var output = Path.Combine(Root, "artifacts", "bench", "server");
        string[] arguments =
        [
            "publish", Path.Combine(Root, "src", "Casement.Host", "Casement.Host.csproj"), "-c", "Release", "-r", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
            "--self-contained", "false", "-p:PublishReadyToRun=true", "-nodeReuse:false", "-v", "q", "--nologo", "-o", output,
        ];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var said = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0 ? Path.Combine(output, "casement-server") : throw new InvalidOperationException($"The server could not be published:\n{said}");
    }

    /// <summary>Resident memory in MiB, as the kernel counts it.</summary>
    public double ResidentMiB => StatusKiB("VmRSS:") / 1024;

    /// <summary>Processor time used so far, of all threads.</summary>
    public TimeSpan Worked
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>What it handed to the kernel so far, to files and sockets together.</summary>
    public (long Bytes, long Calls) Written => (Counter("wchar:"), Counter("syscw:"));

    private long Counter(string name) => long.Parse(
        File.ReadLines($"/proc/{Pid}/io").First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..], System.Globalization.CultureInfo.InvariantCulture);

    private double StatusKiB(string name)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it as a service manager does, and removes what it kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && Kill(Pid, Terminate) == 0)
        {
            using var deadline = new CancellationTokenSource(StartDeadline);
            await _process.WaitForExitAsync(deadline.Token);
        }

        _process.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
