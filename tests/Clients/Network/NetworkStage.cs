using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Network;

/// <summary>A server whose clock stands until it is moved, two real agents, and a network between them that does what a test says.</summary>
public sealed class NetworkStage : IAsyncLifetime
{
    private readonly List<Process> _agents = [];
    private readonly StringBuilder _log = new();
    private int _scripts;

    internal CasementServer Server { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    internal FaultProxy Proxy { get; private set; } = null!;

    internal string[] Nodes { get; private set; } = [];

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        Server = await CasementServer.Start("--ephemeral", "--clock", "manual", "--at", "2026-09-07T08:00:00Z");
        Api = new Api(Server);
        Proxy = new FaultProxy(() => Server.Endpoint);
        var activation = await Api.Ssm("CreateActivation", new { IamRole = TestNode.Role, RegistrationLimit = 2 });
        Nodes = await Task.WhenAll(Start("one", activation), Start("two", activation));
        await TestNode.Online(Api, Nodes);
    }

    /// <summary>A file for a script's lines, and the script's first part: it notes which node runs it.</summary>
    internal (string Path, string Script) Script()
    {
        var path = Path.Combine(Server.Root, $"script-{Interlocked.Increment(ref _scripts)}");
        return (path, $"echo $NODE_NAME >> {path}");
    }

    internal async Task<string> Send(string script, string[]? nodes = null, int timeoutSeconds = 86_400, string executionTimeout = "86400") =>
        (await Api.Ssm("SendCommand", new
        {
            DocumentName = "AWS-RunShellScript",
            InstanceIds = nodes ?? Nodes,
            TimeoutSeconds = timeoutSeconds,
            Parameters = new { commands = new[] { script }, executionTimeout = new[] { executionTimeout } },
        })).GetProperty("Command").Text("CommandId");

    /// <summary>The command once it has ended. A message whose answer was lost is hidden for a minute, so the clock is moved on while it waits.</summary>
    internal Task<JsonElement> Ended(string command, bool moves = false)
    {
        var looks = 0;
        return Eventually.Is(
            async () =>
            {
                if (moves && ++looks % 40 == 0)
                {
                    await Server.Clock.Advance("PT61S");
                }

                return (await Api.Ssm("ListCommands", new { CommandId = command })).List("Commands").Single();
            },
            seen => seen.Text("Status") is not ("Pending" or "InProgress" or "Cancelling"));
    }

    internal Task<JsonElement> Invocation(string command, string node) => Api.Ssm("GetCommandInvocation", new { CommandId = command, InstanceId = node });

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            agent.Kill();
            await agent.WaitForExitAsync();
            agent.Dispose();
        }

        await Proxy.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task<string> Start(string name, JsonElement activation)
    {
        var directory = Path.Combine(Server.Root, "nodes", name);
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        var environment = new Dictionary<string, string> { ["CASEMENT_ACTIVATION_CODE"] = activation.Text("ActivationCode"), ["NODE_NAME"] = name };
        string[] arguments =
        [
            "--dir", directory, "--endpoint", Proxy.Endpoint.AbsoluteUri, "--activation-id", activation.Text("ActivationId"), "--poll-timeout", "16",
        ];
        var agent = Process.Start(Program.Start(Files.Agent, arguments, environment)) ?? throw new InvalidOperationException("The agent did not start.");
        _agents.Add(agent);
        agent.StandardInput.Close();
        agent.OutputDataReceived += (_, line) => Note(line.Data);
        agent.ErrorDataReceived += (_, line) => Note(line.Data);
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        var registration = Path.Combine(directory, "registration.json");
        await Eventually.Exists(registration);
        var read = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(registration));
        return read.EnumerateObject().Single(member => member.Name.Equals("InstanceId", StringComparison.OrdinalIgnoreCase)).Value.GetString()!;
    }

    private void Note(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
