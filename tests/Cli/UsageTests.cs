using Casement.Cli.Tests.Fakes;

namespace Casement.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("up --frobnicate", "--frobnicate")]
    [InlineData("up --port", "--port")]
    [InlineData("up --port 70000", "--port is a number from 0 to 65535, not '70000'.")]
    [InlineData("up --port x", "not 'x'")]
    [InlineData("up --account 12", "--account is twelve digits, not '12'.")]
    [InlineData("up --quotas none", "--quotas is open or aws, not 'none'.")]
    [InlineData("up --tls-cert a.pem", "--tls-cert and --tls-key go together.")]
    [InlineData("up --tls-self --insecure-http", "exclude each other")]
    [InlineData("up --ephemeral --data d", "exclude each other")]
    [InlineData("up --clock manual", "--clock goes with --ephemeral")]
    [InlineData("up --ephemeral --clock sundial", "--clock is manual, not 'sundial'.")]
    [InlineData("up --at 2027-01-01T00:00:00Z", "--at goes with --clock")]
    [InlineData("up --exit", "--exit goes with --demo")]
    [InlineData("up --demo --no-node", "its script runs on the local node")]
    [InlineData("node", "list")]
    [InlineData("node remove mi-1", "not 'mi-1'")]
    [InlineData("node remove mi-0123456789ABCDEF0", "hexadecimal")]
    [InlineData("node remove", "ID")]
    [InlineData("node start", "--dir is missing.")]
    [InlineData("clock advance", "DURATION")]
    [InlineData("clock advance yesterday", "not 'yesterday'")]
    [InlineData("clock advance -PT1H", "-PT1H")]
    [InlineData("clock advance PT0S", "forward")]
    [InlineData("clock advance P1M", "without years and months")]
    [InlineData("node list --timeout soon", "--timeout is a number of seconds from 1 to 86400, not 'soon'.")]
    [InlineData("node list --color pink", "--color is auto, always or never, not 'pink'.")]
    [InlineData("node list --endpoint-url nowhere", "'nowhere' is not an http or https URL.")]
    [InlineData("", "up, env, node, clock")]
    public async Task A_wrong_word_is_named_in_one_line_and_ends_with_252(string words, string named)
    {
        using var desk = new Desk();

        var ending = await desk.Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(252, ending.Code);
        Assert.Empty(ending.Output);
        Assert.Contains(named, ending.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", ending.Errors, StringComparison.Ordinal);
        Assert.Single(ending.Errors.TrimEnd('\n').Split('\n'));
    }

    public static TheoryData<string> Planned =>
    [
        "forecast", "explain", "draft", "preflight", "who-can", "audit", "run", "send", "watch", "output", "hold", "release", "backup",
        "restore", "doctor",
    ];

    [Theory]
    [MemberData(nameof(Planned))]
    public async Task A_verb_that_is_not_built_yet_says_so_whatever_follows_it(string verb)
    {
        using var desk = new Desk();

        var ending = await desk.Run("--color", "never", verb, "something", "--count", "3", "--help");

        Assert.Equal(252, ending.Code);
        Assert.Empty(ending.Output);
        Assert.Equal($"The verb '{verb}' does not exist yet in this version of Casement.\n", ending.Errors);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("up --help")]
    [InlineData("env -h")]
    [InlineData("node --help")]
    [InlineData("node start --help")]
    [InlineData("node list --help")]
    [InlineData("node remove --help")]
    [InlineData("clock --help")]
    [InlineData("clock advance --help")]
    public async Task Help_begins_with_an_example_of_that_verb(string words)
    {
        using var desk = new Desk();

        var ending = await desk.Run(words.Split(' '));

        Assert.Equal((0, ""), (ending.Code, ending.Errors));
        var verb = words.Replace("--help", "", StringComparison.Ordinal).Replace("-h", "", StringComparison.Ordinal).Trim();
        Assert.StartsWith("$ ", ending.Output, StringComparison.Ordinal);
        Assert.Contains($"casement {verb}".Trim(), ending.Output.Split('\n')[0], StringComparison.Ordinal);
        Assert.All(ending.Output.Split('\n'), line => Assert.True(line.StartsWith('$') || line.Length <= 110, line));
    }

    [Fact]
    public async Task An_argument_that_begins_with_an_at_sign_is_not_read_from_a_file()
    {
        using var desk = new Desk();
        await File.WriteAllTextAsync(Path.Combine(desk.Folder, "words"), "--help", TestContext.Current.CancellationToken);

        var ending = await desk.Run("@words");

        Assert.Equal(252, ending.Code);
        Assert.Contains("@words", ending.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        using var desk = new Desk();

        var ending = await desk.Run("--version");

        Assert.Equal(0, ending.Code);
        Assert.Matches(@"\Acasement \d+\.\d+\.\d+\n\z", ending.Output);
    }
}
