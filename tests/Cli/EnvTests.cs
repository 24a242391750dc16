using System.Text.Json;
using Casement.Cli.Tests.Fakes;
using CsCheck;

namespace Casement.Cli.Tests;

public sealed class EnvTests : IDisposable
{
    private readonly FakeServer _server = new(_ => (200, "{}"));
    private readonly Desk _desk = new();

    public void Dispose()
    {
        _server.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task A_shell_that_evaluates_it_is_pointed_at_the_server_and_nowhere_else()
    {
        _desk.ServerRuns(_server.Endpoint);
        foreach (var name in (string[])["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL_SSM"])
        {
            _desk.Variables[name] = "left-over";
        }

        _desk.Variables["AWS_REGION"] = "sa-east-1";
        var ending = await _desk.Shell("""
            eval "$("$1" env)" || exit
            printf '%s\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_DEFAULT_REGION" "$AWS_REGION" "$AWS_ENDPOINT_URL" \
              "${AWS_SESSION_TOKEN-none}" "${AWS_PROFILE-none}" "${AWS_ENDPOINT_URL_SSM-none}"
            """, Desk.Executable);

        Assert.Equal((0, ""), (ending.Code, ending.Errors));
        Assert.Equal(
            ["AKIAADMIN", "admin/secret+1", "eu-central-1", "eu-central-1", _server.Endpoint, "none", "none", "none"],
            ending.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task The_function_calls_the_real_client_with_the_endpoint_and_every_argument_unchanged()
    {
        _desk.ServerRuns(_server.Endpoint);
        var client = Path.Combine(_desk.Folder, "bin", "aws");
        Directory.CreateDirectory(Path.GetDirectoryName(client)!);
        await File.WriteAllTextAsync(client, "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var ending = await _desk.Shell(
            "PATH=$PWD/bin:$PATH; alias aws=false; eval \"$(\"$1\" env)\"; aws ssm 'two words' '' '*' \"it's\"", Desk.Executable);

        Assert.Equal($"<--endpoint-url>\n<{_server.Endpoint}>\n<ssm>\n<two words>\n<>\n<*>\n<it's>\n", ending.Output);
    }

    [Fact]
    public async Task Paths_that_hold_shell_code_stay_text()
    {
        var data = Path.Combine(_desk.Folder, "it's $(touch bad) `touch bad` \"x\"");
        _desk.ServerRuns(_server.Endpoint, data, caFile: Path.Combine(data, "ca's $(touch bad).pem"));

        var ending = await _desk.Shell("eval \"$(\"$1\" env --data \"$2\")\"; printf %s \"$AWS_CA_BUNDLE\"", Desk.Executable, data);

        Assert.Equal((0, Path.Combine(data, "ca's $(touch bad).pem")), (ending.Code, ending.Output));
        Assert.False(File.Exists(Path.Combine(_desk.Folder, "bad")));
    }

    [Fact]
    public async Task Without_a_server_there_is_one_line_and_253_and_nothing_to_evaluate()
    {
        var ending = await _desk.Run("env");

        Assert.Equal((253, ""), (ending.Code, ending.Output));
        Assert.Equal("No Casement server runs here. Start one: casement up\n", ending.Errors);
    }

    [Fact]
    public async Task The_file_of_a_server_that_died_is_not_believed()
    {
        var dead = System.Diagnostics.Process.Start("/bin/true");
        await dead.WaitForExitAsync(TestContext.Current.CancellationToken);
        _desk.ServerRuns(_server.Endpoint, pid: dead.Id);

        Assert.Equal(253, (await _desk.Run("env")).Code);
        Assert.Equal(253, (await _desk.Run("env", "--data", ".casement")).Code);
    }

    [Fact]
    public async Task A_process_number_that_is_somebody_elses_by_now_is_not_believed()
    {
        // this test's own process lives, but nothing listens there any more
        using var gone = new FakeServer(_ => (200, "{}"));
        gone.Dispose();
        _desk.ServerRuns(gone.Endpoint);

        Assert.Equal(253, (await _desk.Run("env")).Code);
    }

    [Fact]
    public async Task It_is_found_from_folders_below()
    {
        _desk.ServerRuns(_server.Endpoint);
        var below = Directory.CreateDirectory(Path.Combine(_desk.Folder, "a", "b")).FullName;

        var ending = await _desk.RunFrom(below, "env", "--json");

        Assert.Equal((0, _desk.Data), (ending.Code, Member(ending, "data")));
    }

    [Fact]
    public async Task Elsewhere_the_only_server_of_this_user_is_found()
    {
        _desk.ServerIsKnownToTheUser(_server.Endpoint, Path.Combine(_desk.Folder, "far", "one"), "1");

        var ending = await _desk.Run("env", "--json");

        Assert.Equal((0, Path.Combine(_desk.Folder, "far", "one")), (ending.Code, Member(ending, "data")));
    }

    [Fact]
    public async Task Of_several_none_is_guessed_and_all_are_named()
    {
        _desk.ServerIsKnownToTheUser(_server.Endpoint, Path.Combine(_desk.Folder, "far", "one"), "1");
        _desk.ServerIsKnownToTheUser(_server.Endpoint, Path.Combine(_desk.Folder, "far", "two"), "2");

        var ending = await _desk.Run("env");

        Assert.Equal((253, ""), (ending.Code, ending.Output));
        Assert.Contains(Path.Combine(_desk.Folder, "far", "one"), ending.Errors, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_desk.Folder, "far", "two"), ending.Errors, StringComparison.Ordinal);

        var named = await _desk.Run("env", "--json", "--data", "far/two");
        Assert.Equal(Path.Combine(_desk.Folder, "far", "two"), Member(named, "data"));
    }

    [Fact]
    public async Task Json_is_one_document_with_everything_a_program_needs()
    {
        _desk.ServerRuns(_server.Endpoint, caFile: "/tls/ca.pem");

        var ending = await _desk.Run("env", "--json");

        using var document = JsonDocument.Parse(ending.Output);
        Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
        foreach (var (name, value) in ((string, string)[])
            [
                ("endpoint", _server.Endpoint), ("region", "eu-central-1"), ("account", "123456789012"), ("accessKeyId", "AKIAADMIN"),
                ("secretAccessKey", "admin/secret+1"), ("caFile", "/tls/ca.pem"),
            ])
        {
            Assert.Equal(value, document.RootElement.GetProperty(name).GetString());
        }

        Assert.Empty(ending.Errors);
    }

    [Fact]
    public async Task On_a_terminal_the_secret_is_not_shown_and_the_code_still_works()
    {
        _desk.ServerRuns(_server.Endpoint);

        // script gives the command a terminal; what it printed is then evaluated
        var ending = await _desk.Shell("""
            script -qec "'$1' env 2>/dev/null" /dev/null < /dev/null | tr -d '\r' > shown
            eval "$(cat shown)"
            printf '%s' "$AWS_SECRET_ACCESS_KEY"
            """, Desk.Executable);

        Assert.DoesNotContain(
            "admin/secret+1", await File.ReadAllTextAsync(Path.Combine(_desk.Folder, "shown"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal("admin/secret+1", ending.Output);
    }

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char["'\"$`\\ \n*?~;&|<>()#!{}[]ab=-é"], 0, 12], Gen.String[Gen.Char[' ', '~'], 0, 12]);

    [Fact]
    public async Task A_shell_reads_back_any_quoted_text_and_any_word_as_it_was()
    {
        var texts = Texts.Array[300].Single();
        Assert.Contains(texts, text => text.Contains('\'', StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains('\n', StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Length == 0);
        var script = "printf '%s\\000' " + string.Join(' ', texts.SelectMany(text => new[] { ShellText.Quoted(text), ShellText.Word(text) }));

        var ending = await _desk.Shell(script);

        Assert.Equal(texts.SelectMany(text => new[] { text, text }), ending.Output.Split('\0')[..^1]);
    }

    private static string? Member(Ending ending, string name)
    {
        using var document = JsonDocument.Parse(ending.Output);
        return document.RootElement.GetProperty(name).GetString();
    }
}
