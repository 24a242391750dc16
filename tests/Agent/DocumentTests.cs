using System.Text;
using System.Text.Json;
using Casement.Agent.Commands;
using Casement.Agent.Documents;
using Casement.Agent.Ledgers;
using Casement.Agent.Posix;
using Casement.Agent.Server;
using Casement.Aws.Nodes;
using CsCheck;

namespace Casement.Agent.Tests;

public sealed class DocumentTests
{
    private static readonly ParameterValues _values = Values("""
        {"s":"one $$ two","list":["a","b $$"],"n":5,"map":{"k":"{{ s }}"},"yes":true,"nested":"{{ n }}"}
        """);

    internal static ParameterValues Values(string json)
    {
        var values = new ParameterValues();
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            values[member.Name] = member.Value.Clone();
        }
        return values;
    }

    [Theory]
    [InlineData("\"{{ list }}\"", "[\"a\",\"b $$\"]")]
    [InlineData("\"{{s}}\"", "\"one $$ two\"")]
    [InlineData("\"x {{s}} y\"", "\"x one $ two y\"")]
    [InlineData("\"n={{ n }}{{ yes }}\"", "\"n=5true\"")]
    [InlineData("\"{{ list }} \"", "\"[\\u0022a\\u0022,\\u0022b $\\u0022] \"")]
    [InlineData("\"{{ unknown }} {{ global:DATE }} {{.Names}}\"", "\"{{ unknown }} {{ global:DATE }} {{.Names}}\"")]
    [InlineData("\"{{ nested }}!\"", "\"{{ n }}!\"")]
    [InlineData("\"{{{{ n }}}}\"", "\"{{5}}\"")]
    [InlineData("\"{{\"", "\"{{\"")]
    [InlineData("{\"a\":[\"{{ n }}\",{\"b\":null}],\"c\":1.50}", "{\"a\":[5,{\"b\":null}],\"c\":1.50}")]
    public void Placeholders_become_values(string input, string expected)
    {
        using var document = JsonDocument.Parse(input);
        Assert.Equal(expected, Substitution.Apply(document.RootElement, _values)!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"DocumentContent":{"schemaVersion":"0.3"}}""", "schema version 0.3")]
    [InlineData("""{"DocumentContent":{"schemaVersion":"2.2"}}""", "Unsupported schema format")]
    [InlineData("""{"DocumentContent":[]}""", "not a JSON object")]
    [InlineData("nonsense", "not the JSON of a command")]
    [InlineData("""{"DocumentContent":{"schemaVersion":"1.2","parameters":{"p":{"type":"String"}},"runtimeConfig":{}}}""",
        "Parameter p has neither")]
    [InlineData("""{"DocumentContent":{"schemaVersion":"1.2","parameters":{"p":{"allowedPattern":"a+"}},"runtimeConfig":{}},"Parameters":{"p":"xaa"}}""",
        "allowedPattern a+")]
    [InlineData("""{"DocumentContent":{"schemaVersion":"2.2","mainSteps":[{"name":"a"}]}}""", "mainSteps[0]")]
    public void A_document_that_cannot_be_run_is_refused_with_the_reason(string payload, string reason) =>
        Assert.Contains(reason, Assert.IsType<DocumentPlan.Refused>(DocumentPlan.Read(payload)).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"runCommand":"echo"}""", "runCommand")]
    [InlineData("""{"runCommand":[["echo"]]}""", "runCommand")]
    [InlineData("""{"runCommand":["echo"],"workingDirectory":"here"}""", "absolute")]
    [InlineData("""{"runCommand":["echo"],"environment":{"a=b":"c"}}""", "a=b")]
    [InlineData("""[]""", "must be an object")]
    public void Inputs_that_cannot_be_run_say_why(string inputs, string reason) =>
        Assert.Contains(reason, ShellScript.Read(System.Text.Json.Nodes.JsonNode.Parse(inputs)).Fault, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"60\"", 60)]
    [InlineData("60", 60)]
    [InlineData("1", 1)]
    [InlineData("172800", 172_800)]
    [InlineData("172801", 3_600)]
    [InlineData("0", 3_600)]
    [InlineData("\"soon\"", 3_600)]
    [InlineData("null", 3_600)]
    public void A_timeout_out_of_range_is_an_hour(string json, int seconds) => Assert.Equal(
        seconds,
        ShellScript.Read(System.Text.Json.Nodes.JsonNode.Parse($$"""{"runCommand":[],"timeoutSeconds":{{json}}}""")).TimeoutSeconds);

    [Theory]
    [InlineData("""{"StringEquals":["platformType","linux"]}""", "2.2", "Met")]
    [InlineData("""{"StringEquals":["Windows","platformType"]}""", "2.2", "Unmet")]
    [InlineData("""{"StringEquals":["platformType","BeOS"]}""", "2.2", "Broken")]
    [InlineData("""{"StringEquals":["{{ n }}","5"]}""", "2.2", "Met")]
    [InlineData("""{"StringEquals":["{{ n }}","6"]}""", "2.2", "Unmet")]
    [InlineData("""{"StringEquals":["a","a"]}""", "2.2", "Broken")]
    [InlineData("""{"StringLike":["platformType","linux"]}""", "2.2", "Broken")]
    [InlineData("""{"StringEquals":["platformType","Linux"]}""", "2.0", "Broken")]
    public void Preconditions_are_met_unmet_or_broken(string json, string schema, string outcome)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Equal(outcome, Precondition.Read(document.RootElement, schema, _values).GetType().Name);
    }

    [Fact]
    public void The_worst_step_makes_the_documents_status()
    {
        string[] rising = ["Skipped", "Success", "Cancelled", "TimedOut", "Failed", "SuccessAndReboot"];
        Gen.Int[0, rising.Length - 1].Array[1, 6].Sample(picks =>
        {
            var expected = rising[picks.Max()];
            Assert.Equal(expected == "Skipped" ? "Success" : expected, DocumentStatus.Of([.. picks.Select(pick => rising[pick])]));
        });
    }

    [Fact]
    public void No_output_exceeds_its_limit_and_no_character_is_cut_in_two()
    {
        var cuts = 0;
        Gen.Select(Gen.Int[0, 30_000], Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[0, 30_000]).Sample((length, shift, note, error) =>
        {
            var bytes = Encoding.UTF8.GetBytes(new string('x', shift) + string.Concat(Enumerable.Repeat("é€😀", length / 9)));
            var text = OutputText.Stream(bytes, new string('n', note));
            cuts += text.Contains("--output truncated--", StringComparison.Ordinal) ? 1 : 0;
            Assert.True(Encoding.UTF8.GetByteCount(text) <= OutputText.StreamBytesMax);
            Assert.DoesNotContain('\uFFFD', text);
            Assert.EndsWith(new string('n', note), text, StringComparison.Ordinal);
            var both = OutputText.Both(text, new string('e', error));
            Assert.True(both.Length <= OutputText.OutputCharsMax);
            Assert.Equal(both, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(both)));
        });
        Assert.True(cuts > 0);
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_vary()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8));
        foreach (var whole in (int[])[1, 2, 4, 8, 8])
        {
            Assert.InRange(backoff.Next(), TimeSpan.FromSeconds(whole / 2.0), TimeSpan.FromSeconds(whole));
        }
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3 << 8, 3, 0)]
    [InlineData(9, 137, 9)]
    [InlineData(15 | 0x80, 143, 15)]
    public void A_wait_status_is_a_code_or_a_signal(int raw, int code, int signal) =>
        Assert.Equal((code, signal), (new WaitStatus(raw).Code, new WaitStatus(raw).Signal));

    [Theory]
    [InlineData("aws.ssm.0000-1.mi-0123", true)]
    [InlineData("aws.ssm.0000-1", false)]
    [InlineData("aws.ssm.../../etc.mi-0", false)]
    [InlineData("aws.ssm.a/b.mi-0", false)]
    [InlineData("aws.ssm..mi-0", false)]
    [InlineData("aws.ssn.a.b", false)]
    [InlineData(null, false)]
    public void A_message_id_names_a_command_and_a_node_and_is_a_safe_file_name(string? text, bool good)
    {
        Assert.Equal(good, CommandMessageId.TryParse(text, out var id));
        Assert.Equal(good ? text : null, id?.ToString());
    }
}

public sealed class LedgerTests : IDisposable
{
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _directory = Directory.CreateTempSubdirectory("casement-ledger").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_command_passes_its_four_states_and_a_new_ledger_sees_each()
    {
        EntryState? Seen() => Ledger.Open(_directory).Find("c1")?.State;
        Assert.Null(Seen());
        var entry = Ledger.Open(_directory).Receive("c1", Message("c1", _now), _now);
        Assert.Equal(EntryState.Received, Seen());
        var run = entry.CreateRun(0, 0);
        run.Prepare(new(null, 1, 1, 1, "x", 0, "b", new Dictionary<string, string>()), "echo");
        Assert.Empty(entry.ReadRuns(0, 0));
        run.MarkStarted();
        Assert.Equal(EntryState.Started, Seen());
        Assert.Single(Ledger.Open(_directory).Find("c1")!.ReadRuns(0, 0));
        entry.WriteResult(new CommandResult("Success", "", []));
        Assert.Equal(EntryState.Finished, Seen());
        Assert.Single(Ledger.Open(_directory).Unfinished());
        Ledger.Open(_directory).Complete(entry);
        Assert.Equal(EntryState.Replied, Seen());
        Assert.Empty(Ledger.Open(_directory).Unfinished());
        Assert.Equal("Success", Ledger.Open(_directory).Find("c1")!.ReadResult()!.DocumentStatus);
    }

    [Fact]
    public void Scripts_and_parameters_are_gone_once_the_result_is_accepted()
    {
        var ledger = Ledger.Open(_directory);
        var entry = ledger.Receive("c1", Message("c1", _now), _now);
        entry.CreateRun(0, 0).Prepare(new(null, 1, 1, 1, "x", 0, "b", new Dictionary<string, string>()), "the secret");
        entry.WriteResult(new CommandResult("Success", "", []));
        ledger.Complete(entry);

        Assert.All(
            Directory.GetFiles(_directory, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("secret", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_half_received_when_the_machine_stopped_was_never_received()
    {
        Ledger.Open(_directory);
        Directory.CreateDirectory(Path.Combine(_directory, "open", "c1.new"));
        var ledger = Ledger.Open(_directory);

        Assert.Null(ledger.Find("c1"));
        Assert.Empty(ledger.Unfinished());
        Assert.Equal(EntryState.Received, ledger.Receive("c1", Message("c1", _now), _now).State);
    }

    [Fact]
    public void A_command_is_forgotten_only_when_its_message_would_be_refused()
    {
        var ledger = Ledger.Open(_directory);
        foreach (var days in (int[])[1, 90, 92])
        {
            var entry = ledger.Receive($"c{days}", Message($"c{days}", _now.AddDays(-days)), _now);
            entry.WriteResult(new CommandResult("Success", "", []));
            ledger.Complete(entry);
        }
        Assert.Equal(1, ledger.Forget(_now));
        Assert.Null(ledger.Find("c92"));
        Assert.NotNull(ledger.Find("c90"));
        Assert.True(Ledger.IsRecent(NodeInstant.Format(_now.AddDays(-90)), _now));
        Assert.False(Ledger.IsRecent(NodeInstant.Format(_now.AddDays(-92)), _now));
        Assert.False(Ledger.IsRecent("2026-03-01", _now));
        Assert.False(Ledger.IsRecent(null, _now));
    }

    private static NodeMessage Message(string id, DateTimeOffset created) => new(
        $"aws.ssm.{id}.mi-1", "mi-1", NodeTopics.SendCommand, NodeInstant.Format(created), """{"a":"the secret"}""");
}
