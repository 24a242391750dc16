using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Casement.Agent.Posix;
using Casement.Aws.Nodes;

namespace Casement.Agent.Tests;

/// <summary>A fake server, a directory, and the built agent as a real process between them.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(40);
    private static readonly string _documents = Path.Combine(AppContext.BaseDirectory, "Data");

    private readonly List<AgentProcess> _agents = [];
    private readonly string _root = Directory.CreateTempSubdirectory("casement-agent-test").FullName;
    private int _commands;

    private TestNode() => Server.Start();

    internal FakeServer Server { get; } = new();

    /// <summary>The agent's directory, with a space in its name.</summary>
    internal string AgentDirectory => Path.Combine(_root, "the agent");

    internal AgentProcess Agent => _agents[^1];

    internal static TestNode Create() => new();

    internal static async Task<TestNode> StartAsync(params string[] more)
    {
        var node = new TestNode();
        await node.StartAgentAsync(more);
        return node;
    }

    /// <summary>Starts an agent and waits for its first poll.</summary>
    internal async Task StartAgentAsync(params string[] more)
    {
        var polls = Server.Polls;
        Launch([.. ActivationArguments, .. more]);
        await UntilAsync(() => Server.Polls > polls, "the agent polls");
    }

    internal IReadOnlyList<string> ActivationArguments =>
        ["--endpoint", Server.Url, "--dir", AgentDirectory, "--activation-id", FakeServer.ActivationId, "--verbose"];

    internal AgentProcess Launch(IReadOnlyList<string> arguments, string? code = FakeServer.ActivationCode)
    {
        _agents.Add(new AgentProcess(arguments, code, Path.Combine(_root, "boot-id")));
        return Agent;
    }

    /// <summary>Plays a restart of the machine as far as an agent can see one.</summary>
    internal void ChangeBoot(string id) => File.WriteAllText(Path.Combine(_root, "boot-id"), id);

    internal string PathOf(string name) => Path.Combine(_root, name);

    internal static string MessageId(string commandId) => $"aws.ssm.{commandId}.{FakeServer.NodeId}";

    /// <summary>A message of AWS-RunShellScript.</summary>
    internal NodeMessage Script(string script, int? timeout = null, string? directory = null, string? id = null)
    {
        var parameters = new JsonObject { ["commands"] = new JsonArray([.. script.Split('\n').Select(line => (JsonNode)line)]) };
        if (timeout is { } seconds)
        {
            parameters["executionTimeout"] = $"{seconds}";
        }
        if (directory is not null)
        {
            parameters["workingDirectory"] = directory;
        }
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(_documents, "AWS-RunShellScript.json")))!;
        return Message(document, parameters, id);
    }

    internal NodeMessage Message(JsonNode document, JsonObject? parameters = null, string? id = null)
    {
        var commandId = id ?? $"00000000-0000-4000-8000-{Interlocked.Increment(ref _commands):D12}";
        var payload = new JsonObject
        {
            ["CommandId"] = commandId, ["DocumentName"] = "a document", ["DocumentContent"] = document,
            ["Parameters"] = parameters ?? [], ["CloudWatchOutputEnabled"] = "false",
        };
        return new NodeMessage(
            MessageId(commandId), FakeServer.NodeId, "aws.ssm.sendCommand.us.east.1.1",
            NodeInstant.Format(TimeProvider.System.GetUtcNow()), payload.ToJsonString());
    }

    internal static NodeMessage Cancellation(string messageId) => new(
        MessageId("ffffffff-0000-4000-8000-000000000000"), FakeServer.NodeId, "aws.ssm.cancelCommand.us.east.1.1",
        NodeInstant.Format(TimeProvider.System.GetUtcNow()), $$"""{"CancelMessageId":"{{messageId}}"}""");

    internal async Task<ReplyPayload> RunAsync(NodeMessage message)
    {
        Server.Deliver(message);
        return await FinalAsync(message);
    }

    internal async Task<ReplyPayload> FinalAsync(NodeMessage message)
    {
        ReplyPayload? Final() =>
            Server.RepliesTo(message.MessageId!).FirstOrDefault(reply => reply.DocumentStatus != ReplyStatus.InProgress);
        await UntilAsync(() => Final() is not null, $"{message.MessageId} has ended");
        return Final()!;
    }

    internal async Task UntilAsync(Func<bool> condition, string what)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(since) > _deadline)
            {
                Assert.Fail($"Waited in vain until {what}. The agents said:\n"
                    + string.Join("\n---\n", _agents.Select(agent => agent.Said)));
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    internal async Task<string> FileAsync(string name)
    {
        await UntilAsync(
            () => File.Exists(PathOf(name)) && File.ReadAllText(PathOf(name)).EndsWith('\n'), $"{name} is written");
        return (await File.ReadAllTextAsync(PathOf(name))).Trim();
    }

    /// <summary>The process of the supervisor that has claimed the only run of the node.</summary>
    internal async Task<int> SupervisorAsync()
    {
        string? Claim() => Directory.Exists(AgentDirectory)
            ? Directory.EnumerateFiles(AgentDirectory, "script.json", SearchOption.AllDirectories).FirstOrDefault()
            : null;
        await UntilAsync(() => Claim() is not null, "a script runs");
        var path = Path.Combine(Path.GetDirectoryName(Claim()!)!, "claim");
        using var claim = JsonDocument.Parse(await File.ReadAllTextAsync(path));
        return claim.RootElement.GetProperty("Supervisor").GetProperty("Pid").GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in _agents)
        {
            agent.Dispose();
        }
        await Server.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}

/// <summary>The executable.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    internal AgentProcess(IReadOnlyList<string> arguments, string? code, string bootIdPath)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "casement-agent"), arguments)
        {
            RedirectStandardError = true,
        };
        if (!File.Exists(bootIdPath))
        {
            File.WriteAllText(bootIdPath, "first boot");
        }
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "must not reach a script";
        start.Environment[Machine.BootIdVariable] = bootIdPath;
        if (code is not null)
        {
            start.Environment[AgentOptions.ActivationCodeVariable] = code;
        }
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    internal string Said => string.Join('\n', _lines);

    internal IEnumerable<string> Lines => _lines;

    internal async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    internal async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    internal async Task<int> TerminateAsync()
    {
        Assert.Equal(0, Libc.Kill(_process.Id, Libc.SigTerm));
        return await ExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }
}
