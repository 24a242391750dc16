using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Amazon.SimpleSystemsManagement;
using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Harness;

/// <summary>
/// The built server as a process of its own, on a free port and a data directory of its own. It can be killed, stopped and
/// started again on the same data. Readiness is the file that the server writes, watched for and never slept for.
/// </summary>
public sealed partial class CasementServer : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly string[] _options;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Launcher _launcher;
    private readonly StringBuilder _errors = new();
    private Process? _process;

    private CasementServer(string root, string[] options, IReadOnlyDictionary<string, string>? environment, Launcher? launcher)
    {
        _launcher = launcher ?? Launcher.Plain;
        Root = root;
        _options = options;
        _environment = environment ?? new Dictionary<string, string>();
    }

    /// <summary>A private directory around data and runtime directory; removed at the end.</summary>
    public string Root { get; }

    /// <summary>Where <c>XDG_RUNTIME_DIR</c> points for this server: give it to a CLI that shall find it.</summary>
    public string RuntimeDirectory => Path.Combine(Root, "run");

    /// <summary>The data directory; an ephemeral server chooses its own.</summary>
    public string Data { get; private set; } = "";

    public Uri Endpoint { get; private set; } = new("http://127.0.0.1:1");

    public string Region { get; private set; } = "";

    public string Account { get; private set; } = "";

    /// <summary>The certificate authority of a <c>--tls-self</c> server.</summary>
    public string? CaFile { get; private set; }

    public int Pid { get; private set; }

    /// <summary>The admin's key, from the file that the first start wrote.</summary>
    public AwsCredentials Admin { get; private set; } = new("", "");

    /// <summary>Everything on standard error so far, over all starts.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Completes with the exit code when the process ends; 137 when it was killed.</summary>
    public Task<int> Exited { get; private set; } = Task.FromResult(0);

    /// <summary>Starts a durable server on a new directory, or an ephemeral one when the options say so.</summary>
    public static Task<CasementServer> Start(params string[] options) => Start(options, null);

    /// <param name="options">The server's own; port and data directory are added.</param>
    /// <param name="environment">Variables beside the few that every program gets.</param>
    public static Task<CasementServer> Start(string[] options, IReadOnlyDictionary<string, string>? environment) =>
        StartOn(Files.NewDirectory(), options, environment);

    /// <summary>Starts on <c>data</c> in a directory that already has a past.</summary>
    /// <param name="launcher">What the server is started through; the plain executable by default.</param>
    public static async Task<CasementServer> StartOn(
        string root, string[]? options = null, IReadOnlyDictionary<string, string>? environment = null, Launcher? launcher = null)
    {
        var server = new CasementServer(root, options ?? [], environment, launcher);
        server.Data = Path.Combine(server.Root, "data");
        Directory.CreateDirectory(server.RuntimeDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await server._launcher.HandOver(root);
        await server.StartAgain();
        return server;
    }

    /// <summary>Runs a server that is expected to refuse its start.</summary>
    public static Task<Ended> Refused(params string[] options) => Program.Run(Files.Server, options);

    /// <summary>Starts on the same data after <see cref="Kill"/> or <see cref="Stop"/>, on a new port.</summary>
    /// <param name="environment">Variables for this and later starts.</param>
    public async Task StartAgain(IReadOnlyDictionary<string, string>? environment = null)
    {
        var ephemeral = _options.Contains("--ephemeral");
        string[] arguments = ["--port", "0", .. ephemeral ? [] : (string[])["--data", Data], .. _options];
        var variables = new Dictionary<string, string>(environment ?? _environment) { ["XDG_RUNTIME_DIR"] = RuntimeDirectory };
        var folder = Path.Combine(RuntimeDirectory, $"casement-{_launcher.User}");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await _launcher.HandOver(folder);
        }

        using var watcher = new FileSystemWatcher(folder);
        var appeared = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        string[] command = [.. _launcher.Prefix, Files.Server, .. arguments];
        _process = Process.Start(Program.Start(command[0], command[1..], variables)) ?? throw new InvalidOperationException("The server did not start.");
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitForExit(_process);

        var ready = Path.Combine(folder, $"{_process.Id}.json");
        FileSystemEventHandler look = (_, _) => Look();
        watcher.Created += look;
        watcher.Renamed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await Task.WhenAny(appeared.Task, Exited).WaitAsync(StartDeadline);
        if (!File.Exists(ready))
        {
            throw new InvalidOperationException($"The server ended with {await Exited} instead of starting:\n{Errors}");
        }

        await Adopt(ready);

        void Look()
        {
            if (File.Exists(ready))
            {
                appeared.TrySetResult();
            }
        }
    }

    /// <summary>SIGKILL: no destructor runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await Exited.WaitAsync(StartDeadline);
    }

    /// <summary>SIGTERM, and the exit code it led to.</summary>
    public async Task<int> Stop()
    {
        Assert.Equal(0, Signal(Pid, Terminate));
        return await Exited.WaitAsync(StartDeadline);
    }

    /// <summary>Debian's aws CLI against this server, as the admin unless said otherwise.</summary>
    public AwsCli Aws(AwsCredentials? credentials = null) => new(Endpoint, credentials ?? Admin, Region, CaFile);

    /// <summary>Debian's boto3 against this server, as the admin unless said otherwise.</summary>
    public Boto Boto(AwsCredentials? credentials = null) => new(Endpoint, credentials ?? Admin, Region, CaFile);

    /// <summary>HTTP written by hand, from an address of its own so that refusals of others do not slow it down.</summary>
    public RawClient Raw(AwsCredentials? credentials = null) => new(Endpoint, credentials ?? Admin, Region);

    /// <summary>The AWS SDK for .NET, without retries.</summary>
    public AmazonSimpleSystemsManagementClient SsmClient(AwsCredentials? credentials = null)
    {
        var (keyId, secret, token) = credentials ?? Admin;
        var config = new AmazonSimpleSystemsManagementConfig { ServiceURL = Endpoint.AbsoluteUri, AuthenticationRegion = Region, MaxErrorRetry = 0 };
        return token is null
            ? new AmazonSimpleSystemsManagementClient(keyId, secret, config)
            : new AmazonSimpleSystemsManagementClient(keyId, secret, token, config);
    }

    public ManualClock Clock => new(this);

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }

    private async Task Adopt(string readyFile)
    {
        var ready = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(readyFile));
        Endpoint = new Uri(ready.GetProperty("endpoint").GetString()!);
        Region = ready.GetProperty("region").GetString()!;
        Account = ready.GetProperty("account").GetString()!;
        Data = ready.GetProperty("data").GetString()!;
        Pid = ready.GetProperty("pid").GetInt32();
        CaFile = ready.TryGetProperty("caFile", out var ca) ? ca.GetString() : null;
        var admin = (await File.ReadAllLinesAsync(Path.Combine(Data, "admin.env")))
            .Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        Admin = new AwsCredentials(admin["AWS_ACCESS_KEY_ID"], admin["AWS_SECRET_ACCESS_KEY"]);
    }

    private static async Task<int> WaitForExit(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            // a clean stop also removes an ephemeral server's directory
            await Stop();
        }

        _process?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
