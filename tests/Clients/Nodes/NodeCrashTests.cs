using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Windows;

namespace Casement.Clients.Tests.Nodes;

/// <summary>A durable server that comes back on its own port, as one that people run does, and a node of it.</summary>
public sealed class CrashStage : IAsyncLifetime
{
    internal CasementServer Server { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    internal TestNode Node { get; private set; } = null!;

    internal string Role { get; private set; } = "";

    internal string Scratch(string name) => Path.Combine(Server.Root, name);

    public async ValueTask InitializeAsync()
    {
        Server = await CasementServer.Start("--port", FreePort().ToString(CultureInfo.InvariantCulture));
        Api = new Api(Server);
        Role = await Api.Role("window-work", "ssm:SendCommand");
        Node = await TestNode.Start(Api, "crash");
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Server.DisposeAsync();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Whoever dies in mid-script: the script runs exactly once, and its own result is what is told.</summary>
public sealed class NodeCrashTests(CrashStage stage) : IClassFixture<CrashStage>
{
    private static readonly string[] OneRun = ["start", "end"];
    private readonly Api _api = stage.Api;

    [Fact]
    public async Task An_agent_killed_in_mid_script_reports_the_real_result_after_its_restart()
    {
        var path = stage.Scratch("agent");
        var sent = await _api.Ssm("SendCommand", new
        {
            DocumentName = "AWS-RunShellScript",
            InstanceIds = new[] { stage.Node.Id },
            Parameters = new { commands = new[] { "echo before", WindowCalls.Gated(path), "echo after; echo trouble >&2; exit 7" } },
        });
        var command = sent.GetProperty("Command").Text("CommandId");
        await WindowCalls.HasStarted(path);
        await stage.Node.Kill();
        // it ends while no agent is there
        WindowCalls.LetGo(path);
        await Eventually.Is(() => File.ReadAllLinesAsync($"{path}.log"), lines => lines.Length == 2);
        stage.Node.StartAgain();

        var result = await Eventually.Is(
            () => _api.Ssm("GetCommandInvocation", new { CommandId = command, InstanceId = stage.Node.Id }), seen => seen.Text("Status") is not ("Pending" or "InProgress"));
        Assert.Equal("Failed", result.Text("Status"));
        Assert.Equal("7", result.Text("ResponseCode"));
        Assert.Equal("before\nafter\n", result.Text("StandardOutputContent"));
        Assert.StartsWith("trouble\n", result.Text("StandardErrorContent"), StringComparison.Ordinal);
        Assert.Equal(OneRun, await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_agent_killed_in_mid_script_takes_a_script_that_still_runs_up_again()
    {
        var path = stage.Scratch("agent-running");
        var window = await Registered("agent-running", path);
        await _api.OpenSoon(window);
        await WindowCalls.HasStarted(path);
        await stage.Node.Kill();
        stage.Node.StartAgain();
        await TestNode.Online(_api, stage.Node.Id);
        WindowCalls.LetGo(path);
        Assert.Equal("SUCCESS", (await _api.Run(window)).Text("Status"));
        Assert.Equal(OneRun, await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_killed_in_mid_script_brings_the_run_to_its_end_after_its_restart(bool endsMeanwhile)
    {
        var path = stage.Scratch($"server-{endsMeanwhile}");
        var window = await Registered($"server-{endsMeanwhile}", path);
        await _api.Task(window, new TaskTerms { Role = stage.Role, Priority = 2 }, $"echo run >> {path}.second", "InstanceIds", stage.Node.Id);
        await _api.OpenSoon(window);
        await WindowCalls.HasStarted(path);
        await stage.Server.Kill();
        if (endsMeanwhile)
        {
            WindowCalls.LetGo(path);
            await Eventually.Is(() => File.ReadAllLinesAsync($"{path}.log"), lines => lines.Length == 2);
        }

        await stage.Server.StartAgain();
        WindowCalls.LetGo(path);
        Assert.Equal("SUCCESS", (await _api.Run(window)).Text("Status"));
        Assert.Equal(OneRun, await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
        Assert.Single(await File.ReadAllLinesAsync($"{path}.second", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_killed_between_two_tasks_starts_the_second_once()
    {
        var path = stage.Scratch("between");
        var window = await _api.IdleWindow("between");
        foreach (var priority in Enumerable.Range(1, 4))
        {
            await _api.Task(
                window, new TaskTerms { Role = stage.Role, Priority = priority, Name = $"step-{priority}" }, $"echo {priority} >> {path}", "InstanceIds", stage.Node.Id);
        }

        await _api.OpenSoon(window);
        for (var done = 1; done <= 3; done++)
        {
            // as soon as one task has ended, wherever the next then is
            await Eventually.Is(async () => File.Exists(path) ? (await File.ReadAllLinesAsync(path)).Length : 0, lines => lines >= done);
            await stage.Server.Kill();
            await stage.Server.StartAgain();
        }

        Assert.Equal("SUCCESS", (await _api.Run(window)).Text("Status"));
        Assert.Equal(["1", "2", "3", "4"], await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
    }

    private async Task<string> Registered(string name, string path)
    {
        var window = await _api.IdleWindow(name);
        await _api.Task(window, new TaskTerms { Role = stage.Role, Priority = 1 }, WindowCalls.Gated(path), "InstanceIds", stage.Node.Id);
        return window;
    }
}
