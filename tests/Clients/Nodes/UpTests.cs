using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Windows;

namespace Casement.Clients.Tests.Nodes;

/// <summary><c>casement up</c> with its local node, killed and started again.</summary>
public sealed class UpTests
{
    [Fact]
    public async Task A_killed_up_leaves_its_agent_which_the_next_up_adopts_with_its_script()
    {
        var root = Files.NewDirectory();
        try
        {
            await Adopts(root);
        }
        finally
        {
            // after a failure only: a server ends with its up, an agent does not
            if (File.Exists(AgentPid(root)) && Lives(Agent(root)))
            {
                await Program.Run("/bin/kill", ["-KILL", Agent(root).ToString(CultureInfo.InvariantCulture)]);
            }

            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task Adopts(string root)
    {
        var port = CrashStage.FreePort().ToString(CultureInfo.InvariantCulture);
        string[] command = ["up", "--data", Path.Combine(root, "data"), "--port", port, "--json"];
        var environment = new Dictionary<string, string>
        {
            ["CASEMENT_SERVER"] = Files.Server, ["CASEMENT_AGENT"] = Files.Agent, ["XDG_RUNTIME_DIR"] = root, ["TMPDIR"] = root,
        };
        using var first = await Up.Start(command, environment);
        Assert.Matches("^mi-[0-9a-f]{17}$", first.Answer.Text("node"));
        var key = await AdminKey(Path.Combine(root, "data", "admin.env"));
        var node = first.Answer.Text("node");
        var aws = new AwsCli(new Uri(first.Answer.Text("endpoint")), key, "us-east-1", null);
        var path = Path.Combine(root, "script");
        var sent = (await aws.Run(
            "ssm", "send-command", "--document-name", "AWS-RunShellScript", "--instance-ids", node, "--parameters",
            JsonSerializer.Serialize(new { commands = new[] { WindowCalls.Gated(path), "echo done" } }))).Succeeded().Json.GetProperty("Command").Text("CommandId");
        await WindowCalls.HasStarted(path);
        var agent = Agent(root);
        first.Process.Kill();
        await first.Process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var second = await Up.Start(command, environment);
        Assert.Equal(node, second.Answer.Text("node"));
        Assert.Equal(agent, Agent(root));
        var record = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(root, "data", "up.json"), TestContext.Current.CancellationToken));
        Assert.Equal(agent, record.EnumerateObject().Single(member => member.Name.Equals("agent", StringComparison.OrdinalIgnoreCase)).Value.GetInt32());
        WindowCalls.LetGo(path);
        (await aws.Run("ssm", "wait", "command-executed", "--command-id", sent, "--instance-id", node)).Succeeded();
        var result = (await aws.Run("ssm", "get-command-invocation", "--command-id", sent, "--instance-id", node)).Succeeded().Json;
        Assert.Equal("done\n", result.Text("StandardOutputContent"));
        Assert.Equal(["start", "end"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));

        // a clean end takes the adopted agent along
        await Program.Run("/bin/kill", ["-TERM", second.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await second.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(0, second.Process.ExitCode);
        Assert.False(Lives(agent), $"The agent {agent} still lives.");
    }

    // one that nobody waited for yet has ended all the same
    private static bool Lives(int pid) =>
        File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].TrimStart() is not ['Z' or 'X', ..];

    private static string AgentPid(string root) => Path.Combine(root, "data", "node", "agent.pid");

    private static int Agent(string root) => int.Parse(File.ReadAllText(AgentPid(root)), CultureInfo.InvariantCulture);

    private static async Task<AwsCredentials> AdminKey(string path)
    {
        var lines = await File.ReadAllLinesAsync(path);
        return new AwsCredentials(Value("AWS_ACCESS_KEY_ID"), Value("AWS_SECRET_ACCESS_KEY"));

        string Value(string name) => lines.Single(line => line.Contains(name + "=", StringComparison.Ordinal)).Split('=', 2)[1].Trim('\'', '"');
    }

    /// <summary>One <c>up</c> that has said that it is ready.</summary>
    private sealed class Up : IDisposable
    {
        private readonly StringBuilder _said = new();

        public required Process Process { get; init; }

        public JsonElement Answer { get; private set; }

        public static async Task<Up> Start(string[] arguments, Dictionary<string, string> environment)
        {
            var up = new Up { Process = Process.Start(Program.Start(Files.Cli, arguments, environment))! };
            up.Process.StandardInput.Close();
            up.Process.ErrorDataReceived += (_, line) => up.Note(line.Data);
            up.Process.OutputDataReceived += (_, line) => up.Note(line.Data);
            up.Process.BeginErrorReadLine();
            up.Process.BeginOutputReadLine();
            await Eventually.Is(() => Task.FromResult(up.TryAnswer() ? "ready" : up.Said), said => said == "ready" || up.Process.HasExited);
            Assert.False(up.Process.HasExited, up.Said);
            return up;
        }

        private string Said
        {
            get
            {
                lock (_said)
                {
                    return _said.ToString();
                }
            }
        }

        private bool TryAnswer()
        {
            var text = Said;
            var start = text.IndexOf('{', StringComparison.Ordinal);
            var end = text.LastIndexOf('}');
            if (start < 0 || end < start)
            {
                return false;
            }

            Answer = JsonSerializer.Deserialize<JsonElement>(text[start..(end + 1)]);
            return true;
        }

        private void Note(string? line)
        {
            lock (_said)
            {
                _said.AppendLine(line);
            }
        }

        public void Dispose()
        {
            if (!Process.HasExited)
            {
                Process.Kill();
            }

            Process.Dispose();
        }
    }
}
