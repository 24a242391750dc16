using System.Text.Json;
using Casement.Cli.Tests.Fakes;

namespace Casement.Cli.Tests;

public sealed class NodeTests : IDisposable
{
    private const string First =
        """
        {"InstanceInformationList":[{"InstanceId":"mi-0123456789abcdef0","Name":"web","ComputerName":"web.example.org",
        "PingStatus":"Online","LastPingDateTime":1796083200.25,"PlatformName":"Debian GNU/Linux","PlatformVersion":"12",
        "AgentVersion":"1.0.0.0","IPAddress":"10.0.0.7","IamRole":"service-role/Node","ActivationId":"a-1",
        "RegistrationDate":1.7960832E9}],"NextToken":"more"}
        """;

    private const string Second =
        """
        {"InstanceInformationList":[{"InstanceId":"mi-fedcba98765432100","ComputerName":"evil\u001b[31m-name-that-is-much-longer-than-the-line-has-room-for.example.org",
        "PingStatus":"ConnectionLost"}]}
        """;

    private readonly Desk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task All_pages_are_listed_in_lines_that_fit_with_whole_ids()
    {
        using var server = Pages();
        _desk.ServerRuns(server.Endpoint);

        var ending = await _desk.Run("node", "list");

        Assert.Equal((0, ""), (ending.Code, ending.Errors));
        var lines = ending.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("ID", lines[0], StringComparison.Ordinal);
        Assert.Contains("mi-0123456789abcdef0  ✓ Online", lines[1], StringComparison.Ordinal);
        Assert.Contains("2026-12-01 00:00:00", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("mi-fedcba98765432100  ! ConnectionLost", lines[2], StringComparison.Ordinal);
        Assert.Contains("…", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', ending.Output);
    }

    [Fact]
    public async Task Signs_are_ascii_where_the_locale_is_and_colour_comes_only_when_asked_for()
    {
        using var server = Pages();
        _desk.ServerRuns(server.Endpoint);
        _desk.Variables["LANG"] = "C";

        var plain = await _desk.Run("node", "list");
        var coloured = await _desk.Run("node", "list", "--color", "always");
        _desk.Variables["NO_COLOR"] = "1";
        var terminal = await _desk.Shell("TERM=xterm script -qec \"'$1' node list\" /dev/null < /dev/null", Desk.Executable);

        Assert.Contains("ok Online", plain.Output, StringComparison.Ordinal);
        Assert.Contains("\e[32mok Online\e[0m", coloured.Output, StringComparison.Ordinal);
        Assert.Contains("ok Online", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', terminal.Output);
    }

    [Fact]
    public async Task On_a_terminal_there_is_colour()
    {
        using var server = Pages();
        _desk.ServerRuns(server.Endpoint);

        var terminal = await _desk.Shell("TERM=xterm script -qec \"'$1' node list\" /dev/null < /dev/null", Desk.Executable);

        Assert.Contains("\e[32m✓ Online\e[0m", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_document_with_times_in_utc()
    {
        using var server = Pages();
        _desk.ServerRuns(server.Endpoint);

        var ending = await _desk.Run("node", "list", "--json", "--color", "always");

        using var document = JsonDocument.Parse(ending.Output);
        Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
        var nodes = document.RootElement.GetProperty("nodes").EnumerateArray().ToList();
        Assert.Equal(2, nodes.Count);
        Assert.Equal("2026-12-01T00:00:00.250Z", nodes[0].GetProperty("lastContact").GetString());
        Assert.Equal("10.0.0.7", nodes[0].GetProperty("address").GetString());
        Assert.Equal(JsonValueKind.Null, nodes[1].GetProperty("lastContact").ValueKind);
    }

    [Fact]
    public async Task A_found_server_is_asked_as_its_admin_and_never_with_the_environments_key()
    {
        using var server = Pages();
        _desk.ServerRuns(server.Endpoint);
        _desk.Variables["AWS_ACCESS_KEY_ID"] = "AKIAOFAWS";
        _desk.Variables["AWS_SECRET_ACCESS_KEY"] = "of-aws";

        await _desk.Run("node", "list");

        Assert.All(server.Calls, call =>
        {
            Assert.Equal(("ssm", "eu-central-1", "AKIAADMIN"), (call.Service, call.Region, call.KeyId));
            Assert.True(FakeServer.IsSignedWith(call, "admin/secret+1"));
        });
        Assert.Equal(["{\"MaxResults\":50}", "{\"MaxResults\":50,\"NextToken\":\"more\"}"], server.Calls.Select(call => call.Body));
    }

    [Fact]
    public async Task A_named_server_is_asked_with_the_environments_key_and_session()
    {
        using var server = Pages();
        _desk.Variables["AWS_ACCESS_KEY_ID"] = "ASIAENV";
        _desk.Variables["AWS_SECRET_ACCESS_KEY"] = "from-env";
        _desk.Variables["AWS_SESSION_TOKEN"] = "token";

        var ending = await _desk.Run("node", "list", "--endpoint-url", server.Endpoint, "--region", "ap-south-1");

        Assert.Equal(0, ending.Code);
        Assert.All(server.Calls, call =>
        {
            Assert.Equal(("ap-south-1", "ASIAENV", "token"), (call.Region, call.KeyId, call.Message.Header("X-Amz-Security-Token")));
            Assert.True(FakeServer.IsSignedWith(call, "from-env"));
        });
    }

    [Fact]
    public async Task A_named_server_without_credentials_is_253()
    {
        var ending = await _desk.Run("node", "list", "--endpoint-url", "http://127.0.0.1:1");

        Assert.Equal((253, ""), (ending.Code, ending.Output));
        Assert.Contains("AWS_ACCESS_KEY_ID", ending.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_253()
    {
        using var gone = Pages();
        gone.Dispose();
        _desk.Variables["AWS_ACCESS_KEY_ID"] = "AKIA";
        _desk.Variables["AWS_SECRET_ACCESS_KEY"] = "s";

        var ending = await _desk.Run("node", "list", "--endpoint-url", gone.Endpoint);

        Assert.Equal((253, ""), (ending.Code, ending.Output));
        Assert.Contains(gone.Endpoint, ending.Errors, StringComparison.Ordinal);
        Assert.Single(ending.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_2()
    {
        using var held = new ManualResetEventSlim();
        using var server = new FakeServer(_ =>
        {
            held.Wait(TimeSpan.FromSeconds(30));
            return (200, "{}");
        });
        _desk.ServerRuns(server.Endpoint);

        var ending = await _desk.Run("node", "list", "--timeout", "1");
        held.Set();

        Assert.Equal((2, ""), (ending.Code, ending.Output));
        Assert.Contains("nothing was stopped", ending.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_nodes_is_an_empty_answer_and_a_hint()
    {
        using var server = new FakeServer(_ => (200, "{\"InstanceInformationList\":[]}"));
        _desk.ServerRuns(server.Endpoint);

        var ending = await _desk.Run("node", "list");
        var quiet = await _desk.Run("node", "list", "--quiet");

        Assert.Equal((0, ""), (ending.Code, ending.Output));
        Assert.Contains("casement up", ending.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ending(0, "", ""), quiet);
    }

    [Fact]
    public async Task Removing_names_the_node_to_the_service()
    {
        using var server = new FakeServer(_ => (200, "{}"));
        _desk.ServerRuns(server.Endpoint);

        var ending = await _desk.Run("node", "remove", "mi-0123456789abcdef0");
        var json = await _desk.Run("node", "remove", "mi-0123456789abcdef0", "--json");

        Assert.Equal(new Ending(0, "Removed mi-0123456789abcdef0.\n", ""), ending);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal("mi-0123456789abcdef0", document.RootElement.GetProperty("removed").GetString());
        Assert.Equal("DeregisterManagedInstance {\"InstanceId\":\"mi-0123456789abcdef0\"}", server.Calls.Select(call => $"{call.Operation} {call.Body}").First());
    }

    [Theory]
    [InlineData("""{"__type":"InvalidInstanceId","Message":"No such node"}""", "InvalidInstanceId: No such node\n")]
    [InlineData("""{"__type":"com.amazon.coral.service#AccessDeniedException","message":"User: x is not"}""", "AccessDeniedException: User: x is not\n")]
    [InlineData("""{"__type":"InvalidInstanceId"}""", "InvalidInstanceId: \n")]
    [InlineData("Bad gateway", "HTTP 400: The answer says no more.\n")]
    public async Task A_refusal_is_254_with_its_code_and_text(string body, string said)
    {
        using var server = new FakeServer(_ => (400, body));
        _desk.ServerRuns(server.Endpoint);

        Assert.Equal(new Ending(254, "", said), await _desk.Run("node", "remove", "mi-0123456789abcdef0"));
    }

    [Fact]
    public async Task Starting_becomes_the_agent_and_keeps_the_code_out_of_its_command_line()
    {
        _desk.Variables["CASEMENT_AGENT"] = Path.Combine(_desk.Folder, "agent");
        await File.WriteAllTextAsync(
            _desk.Variables["CASEMENT_AGENT"], "#!/bin/sh\nprintf '%s\\n' \"$$\" \"$CASEMENT_ACTIVATION_CODE\" \"$@\"; exit 7\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_desk.Variables["CASEMENT_AGENT"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var process = _desk.Start(
            "node", "start", "--endpoint", "https://h:1", "--ca", "ca.pem", "--activation-id", "i", "--code", "secret-code", "--dir", "d e",
            "--region", "eu-west-1");
        var id = process.Id;
        var ending = await Desk.End(process);

        Assert.Equal(7, ending.Code);
        Assert.Equal(
            [$"{id}", "secret-code", "--dir", "d e", "--endpoint", "https://h:1", "--ca", "ca.pem", "--activation-id", "i", "--region", "eu-west-1"],
            ending.Output.TrimEnd('\n').Split('\n'));
    }

    private static FakeServer Pages() => new(heard => (200, heard.Body.Contains("more", StringComparison.Ordinal) ? Second : First));
}
