using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests.Nodes;

/// <summary>
/// An agent as <c>casement node start</c> starts it, with a directory of its own under the server's. It can be killed and
/// started again. Disposing it leaves scripts alone, as the agent does.
/// </summary>
internal sealed class TestNode : IAsyncDisposable
{
    public const string Role = "service-role/AmazonEC2RunCommandRoleForManagedInstances";
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(20);

    private readonly CasementServer _server;
    private readonly string[] _prefix;
    private readonly StringBuilder _log = new();
    private Process? _process;

    private TestNode(CasementServer server, string directory, string[] prefix)
    {
        _server = server;
        Directory = directory;
        _prefix = prefix;
    }

    public string Id { get; private set; } = "";

    /// <summary>The agent's, private to it.</summary>
    public string Directory { get; }

    public int Pid => _process!.Id;

    private string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Makes an activation, registers one node by it and waits until it is online.</summary>
    /// <param name="prefix">A command that the agent is started through, such as <c>ip netns exec X</c>.</param>
    public static async Task<TestNode> Start(Api api, string name, params string[] prefix)
    {
        var activation = await api.Ssm("CreateActivation", new { IamRole = Role, DefaultInstanceName = name, RegistrationLimit = 1 });
        return await Register(api.Server, name, activation.Text("ActivationId"), activation.Text("ActivationCode"), prefix);
    }

    public static async Task<TestNode> Register(CasementServer server, string name, string activationId, string code, params string[] prefix)
    {
        var node = new TestNode(server, Path.Combine(server.Root, "nodes", name), prefix);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(node.Directory)!);
        node.Launch(["--activation-id", activationId], new() { ["CASEMENT_ACTIVATION_CODE"] = code });
        var registration = Path.Combine(node.Directory, "registration.json");
        await Eventually.Is(
            () => Task.FromResult(File.Exists(registration) ? "registered" : node._process!.HasExited ? $"ended: {node.Log}" : $"not registered: {node.Log}"),
            seen => seen == "registered" || seen.StartsWith("ended", StringComparison.Ordinal));
        Assert.True(File.Exists(registration), node.Log);
        var read = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(registration));
        node.Id = read.EnumerateObject().Single(member => member.Name.Equals("InstanceId", StringComparison.OrdinalIgnoreCase)).Value.GetString()!;
        return node;
    }

    public static Task Online(Api api, params string[] ids) => Eventually.Is(
        async () => (await api.Ssm("DescribeInstanceInformation", new { Filters = new[] { new { Key = "InstanceIds", Values = ids } } }))
            .List("InstanceInformationList").Count(node => node.Text("PingStatus") == "Online"),
        online => online == ids.Length);

    /// <summary>Starts on the directory alone, as an operator does after the first time.</summary>
    public void StartAgain() => Launch([], []);

    /// <summary>SIGKILL, to the agent alone.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync().WaitAsync(EndDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await Kill();
        }

        _process?.Dispose();
    }

    private void Launch(string[] extra, Dictionary<string, string> environment)
    {
        environment["CASEMENT_AGENT"] = Files.Agent;
        environment["XDG_RUNTIME_DIR"] = _server.RuntimeDirectory;
        string[] authorities = _server.CaFile is { } ca ? ["--ca", ca] : [];
        string[] arguments =
        [
            .. _prefix, Files.Cli, "node", "start", "--endpoint", _server.Endpoint.AbsoluteUri, "--dir", Directory, .. authorities, .. extra,
        ];
        _process = Process.Start(Program.Start(arguments[0], arguments[1..], environment)) ?? throw new InvalidOperationException("The agent did not start.");
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
