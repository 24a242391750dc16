using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Casement.Cli.Posix;
using Casement.Cli.Tests.Fakes;

namespace Casement.Cli.Tests;

public sealed class UpTests : IDisposable
{
    private const int SigInt = 2;
    private const string NodeId = "mi-0123456789abcdef0";

    private readonly Desk _desk = new();
    private readonly FakeServer _server;
    private bool _knowsTheNode = true;

    public UpTests()
    {
        _server = new FakeServer(Answer);
        _desk.Variables["FAKE_ENDPOINT"] = _server.Endpoint;
    }

    public void Dispose()
    {
        _server.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task It_says_where_it_is_what_to_type_and_who_runs_scripts_and_ends_with_0_on_ctrl_c()
    {
        _desk.Variables["CASEMENT_COMMAND"] = "./casement";
        using var up = _desk.Start("up");
        var lines = await Desk.LinesUntil(up.StandardOutput, "Ready in");
        var agent = _desk.AgentId();

        Assert.Contains(lines, line => line.Contains(_server.Endpoint, StringComparison.Ordinal) && line.Contains("eu-central-1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("scripts run as you", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("admin.env", StringComparison.Ordinal));
        var first = lines.FindIndex(line => line.StartsWith("  ", StringComparison.Ordinal));
        Assert.Equal("  eval \"$(./casement env)\"", lines[first]);
        Assert.StartsWith("  aws ", lines[first + 1], StringComparison.Ordinal);
        Assert.StartsWith("  aws ", lines[first + 2], StringComparison.Ordinal);
        Assert.DoesNotContain("admin-secret", string.Join('\n', lines), StringComparison.Ordinal);

        var ending = await Interrupt(up);

        Assert.Equal(0, ending.Code);
        Assert.False(Desk.Lives(agent));
        Assert.False(File.Exists(Path.Combine(_desk.Data, "server.json")));
        Assert.False(File.Exists(Path.Combine(_desk.Data, "up.json")));
    }

    [Fact]
    public async Task The_local_node_is_enrolled_by_the_public_call_and_its_code_is_in_no_list_of_processes()
    {
        _desk.Variables["AWS_ACCESS_KEY_ID"] = "AKIAOFAWS";
        using var up = _desk.Start("up");
        await Desk.LinesUntil(up.StandardOutput, "Ready in");
        var agent = _desk.AgentId();
        await Interrupt(up);

        var call = Assert.Single(_server.Calls);
        Assert.Equal(("CreateActivation", "AKIAADMIN"), (call.Operation, call.KeyId));
        Assert.True(FakeServer.IsSignedWith(call, "admin-secret"));
        using var request = JsonDocument.Parse(call.Body);
        Assert.Equal("service-role/AmazonEC2RunCommandRoleForManagedInstances", request.RootElement.GetProperty("IamRole").GetString());
        Assert.Equal(1, request.RootElement.GetProperty("RegistrationLimit").GetInt32());
        Assert.Equal(Environment.MachineName, request.RootElement.GetProperty("DefaultInstanceName").GetString());

        var arguments = await Lines("node/agent.args");
        Assert.Equal(_server.Endpoint, arguments[arguments.IndexOf("--endpoint") + 1]);
        Assert.Equal("activation-1", arguments[arguments.IndexOf("--activation-id") + 1]);
        Assert.DoesNotContain("the-code", arguments);
        var environment = await Lines("node/agent.environment");
        Assert.Contains("CASEMENT_ACTIVATION_CODE=the-code", environment);
        Assert.DoesNotContain(environment, line => line.StartsWith("AWS_", StringComparison.Ordinal));
        Assert.DoesNotContain(await Lines("server.environment"), line => line.StartsWith("AWS_", StringComparison.Ordinal));
        Assert.Equal([$"{agent}"], await Lines("node/agent.session"));
    }

    [Fact]
    public async Task Options_reach_the_server_with_absolute_paths()
    {
        using var up = _desk.Start(
            "up", "--no-node", "--data", "d", "--port", "0", "--region", "eu-central-1", "--account", "111122223333", "--quotas", "aws",
            "--listen", "0.0.0.0", "--tls-cert", "c.pem", "--tls-key", "k.pem");
        var lines = await Desk.LinesUntil(up.StandardOutput, "Ready in");
        await Interrupt(up);

        var given = await File.ReadAllLinesAsync(Path.Combine(_desk.Folder, "d", "server.args"), TestContext.Current.CancellationToken);
        Assert.Equal(Path.Combine(_desk.Folder, "d"), given[Array.IndexOf(given, "--data") + 1]);
        Assert.Equal(Path.Combine(_desk.Folder, "c.pem"), given[Array.IndexOf(given, "--tls-cert") + 1]);
        Assert.Equal("0.0.0.0", given[Array.IndexOf(given, "--listen") + 1]);
        Assert.DoesNotContain("--no-node", given);
        Assert.Contains($"  eval \"$(casement env --data {Path.Combine(_desk.Folder, "d")})\"", lines);
        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_its_own_last_line_and_253_and_nothing_is_left()
    {
        _desk.Variables["FAKE_FAULT"] = "Port 8470 on 127.0.0.1 is in use: choose another with --port.";

        var ending = await _desk.Run("up");

        Assert.Equal(new Ending(253, "", "Port 8470 on 127.0.0.1 is in use: choose another with --port.\n"), ending);
        Assert.False(Directory.Exists(_desk.Data));
    }

    [Fact]
    public async Task A_server_that_fails_in_a_way_of_its_own_is_told_with_its_code_and_last_line()
    {
        _desk.Variables["FAKE_FAULT"] = "Something broke.";
        _desk.Variables["FAKE_CODE"] = "134";

        Assert.Equal(
            new Ending(255, "", "The server ended by itself with exit code 134: Something broke.\n"), await _desk.Run("up"));
    }

    [Fact]
    public async Task A_server_that_dies_later_is_told_and_the_agent_goes_too()
    {
        using var up = _desk.Start("up");
        await Desk.LinesUntil(up.StandardOutput, "Ready in");
        var agent = _desk.AgentId();

        LivingProcess.Kill(ServerId());
        var ending = await Desk.End(up);

        Assert.Equal(255, ending.Code);
        Assert.Contains("The server ended by itself with exit code 137", ending.Errors, StringComparison.Ordinal);
        Assert.False(Desk.Lives(agent));
    }

    [Fact]
    public async Task After_a_kill_the_server_stops_the_agent_lives_and_the_next_start_adopts_it()
    {
        using var killed = _desk.Start("up");
        await Desk.LinesUntil(killed.StandardOutput, "Ready in");
        var agent = _desk.AgentId();
        var server = ServerId();
        killed.Kill();
        await Desk.End(killed);

        using var next = _desk.Start("up");
        var lines = await Desk.LinesUntil(next.StandardOutput, "Ready in");

        Assert.False(Desk.Lives(server));
        Assert.True(Desk.Lives(agent));
        Assert.Equal(agent, _desk.AgentId());
        Assert.Single(await Lines("node/agent.starts"));
        Assert.Contains(lines, line => line.Contains("still alive", StringComparison.Ordinal));

        Assert.Equal(0, (await Interrupt(next)).Code);
        Assert.False(Desk.Lives(agent));
    }

    [Fact]
    public async Task An_adopted_agent_that_works_for_another_endpoint_is_replaced()
    {
        using var killed = _desk.Start("up");
        await Desk.LinesUntil(killed.StandardOutput, "Ready in");
        var agent = _desk.AgentId();
        killed.Kill();
        await Desk.End(killed);

        using var moved = new FakeServer(Answer);
        _desk.Variables["FAKE_ENDPOINT"] = moved.Endpoint;
        using var next = _desk.Start("up");
        await Desk.LinesUntil(next.StandardOutput, "Ready in");

        Assert.False(Desk.Lives(agent));
        Assert.NotEqual(agent, _desk.AgentId());
        Assert.Contains(moved.Endpoint, await Lines("node/agent.args"));
        await Interrupt(next);
    }

    [Fact]
    public async Task A_registered_node_is_started_without_another_activation()
    {
        await Once();
        await Once();

        Assert.Equal(["CreateActivation", "DescribeInstanceInformation"], _server.Calls.Select(call => call.Operation));
        Assert.DoesNotContain("--activation-id", await Lines("node/agent.args"));
    }

    [Fact]
    public async Task A_node_that_the_server_no_longer_knows_is_enrolled_anew()
    {
        await Once();
        _knowsTheNode = false;
        await Once();

        Assert.Equal(
            ["CreateActivation", "DescribeInstanceInformation", "CreateActivation"], _server.Calls.Select(call => call.Operation));
        Assert.True(File.Exists(Path.Combine(_desk.Data, "node", $"registration.json.{NodeId}")));
    }

    [Fact]
    public async Task An_agent_that_dies_is_started_again()
    {
        using var up = _desk.Start("up");
        await Desk.LinesUntil(up.StandardOutput, "Ready in");
        var agent = _desk.AgentId();

        LivingProcess.Kill(agent);
        await Desk.LinesUntil(up.StandardError, "started again");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await Lines("node/agent.starts")).Count < 2)
        {
            await Task.Yield();
            patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(0, (await Interrupt(up)).Code);
        Assert.All(await Lines("node/agent.starts"), pid => Assert.False(Desk.Lives(int.Parse(pid, CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task An_agent_that_is_refused_leaves_a_server_without_a_node_and_says_why()
    {
        _desk.Variables["FAKE_AGENT_FAULT"] = "Registration refused: InvalidActivation";
        using var up = _desk.Start("up");

        await Desk.LinesUntil(up.StandardOutput, "Ready in");
        var ending = await Interrupt(up);

        Assert.Equal(0, ending.Code);
        Assert.Contains("No local node:", ending.Errors, StringComparison.Ordinal);
        Assert.Contains("InvalidActivation", ending.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ephemeral_server_is_found_by_its_process_and_env_finds_it_too()
    {
        using var up = _desk.Start("up", "--ephemeral", "--json");
        var document = JsonDocument.Parse(string.Join('\n', await Desk.LinesUntil(up.StandardOutput, "}")));
        var data = document.RootElement.GetProperty("data").GetString()!;

        Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
        Assert.Equal(NodeId, document.RootElement.GetProperty("node").GetString());
        Assert.True(document.RootElement.GetProperty("ephemeral").GetBoolean());
        Assert.DoesNotContain("--data", await File.ReadAllLinesAsync(Path.Combine(data, "server.args"), TestContext.Current.CancellationToken));
        Assert.Contains(_server.Endpoint, (await _desk.Run("env")).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await Interrupt(up)).Code);
        Assert.False(Directory.Exists(data));
        Assert.False(Directory.Exists(_desk.Data));
    }

    [Fact]
    public async Task Missing_executables_are_one_line_and_253()
    {
        _desk.Variables["CASEMENT_SERVER"] = "/nowhere/casement-server";

        var ending = await _desk.Run("up");

        Assert.Equal((253, ""), (ending.Code, ending.Output));
        Assert.Contains("casement-server", ending.Errors, StringComparison.Ordinal);
    }

    private (int, string) Answer(Heard heard) => heard.Operation switch
    {
        "CreateActivation" => (200, """{"ActivationId":"activation-1","ActivationCode":"the-code"}"""),
        "DescribeInstanceInformation" when _knowsTheNode => (200, $$"""{"InstanceInformationList":[{"InstanceId":"{{NodeId}}"}]}"""),
        "DescribeInstanceInformation" => (400, """{"__type":"InvalidInstanceId"}"""),
        _ => (400, """{"__type":"UnknownOperationException"}"""),
    };

    private async Task Once()
    {
        using var up = _desk.Start("up");
        await Desk.LinesUntil(up.StandardOutput, "Ready in");
        _desk.AgentId();
        await Interrupt(up);
    }

    private static Task<Ending> Interrupt(Process up)
    {
        _ = Libc.Kill(up.Id, SigInt);
        return Desk.End(up);
    }

    private int ServerId()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_desk.Data, "server.json")));
        return document.RootElement.GetProperty("pid").GetInt32();
    }

    private async Task<List<string>> Lines(string file)
        => [.. await File.ReadAllLinesAsync(Path.Combine(_desk.Data, file), TestContext.Current.CancellationToken)];
}
