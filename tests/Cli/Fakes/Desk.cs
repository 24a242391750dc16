using System.Diagnostics;
using System.Text.Json.Nodes;
using Casement.Cli.Up;

namespace Casement.Cli.Tests.Fakes;

/// <summary>How a process ended.</summary>
public sealed record Ending(int Code, string Output, string Errors);

/// <summary>A folder of its own, and the built command called from it with an environment of its own.</summary>
public sealed class Desk : IDisposable
{
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "USER"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("casement-cli-tests-");
    private readonly List<int> _agents = [];
    private readonly List<int> _started = [];

    public Desk()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "runtime"));
        Variables["XDG_RUNTIME_DIR"] = Path.Combine(_folder.FullName, "runtime");
        Variables["LANG"] = "C.UTF-8";
        Variables["CASEMENT_SERVER"] = Script("fake-server.sh");
        Variables["CASEMENT_AGENT"] = Script("fake-agent.sh");
    }

    public Dictionary<string, string> Variables { get; } = [];

    public string Folder => _folder.FullName;

    public string Data => Path.Combine(Folder, ".casement");

    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "casement");

    /// <summary>Plays a running server: its files, with this process as the one that lives.</summary>
    public void ServerRuns(string endpoint, string? data = null, string? caFile = null, int? pid = null)
    {
        var path = data ?? Data;
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, "admin.env"), "AWS_ACCESS_KEY_ID=AKIAADMIN\nAWS_SECRET_ACCESS_KEY=admin/secret+1\n");
        File.WriteAllText(Path.Combine(path, "server.json"), Ready(endpoint, path, caFile, pid));
    }

    /// <summary>The copy in the user's runtime directory.</summary>
    public void ServerIsKnownToTheUser(string endpoint, string data, string name)
    {
        ServerRuns(endpoint, data);
        var directory = Directory.CreateDirectory(Path.Combine(Folder, "runtime", $"casement-{UserId()}"));
        File.WriteAllText(Path.Combine(directory.FullName, $"{name}.json"), Ready(endpoint, data, null, null));
    }

    public Process Start(params string[] arguments) => StartFrom(Folder, arguments);

    public Process StartFrom(string from, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            WorkingDirectory = from, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        SetEnvironment(start);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        _started.Add(process.Id);
        return process;
    }

    public Task<Ending> Run(params string[] arguments) => End(Start(arguments));

    public Task<Ending> RunFrom(string from, params string[] arguments) => End(StartFrom(from, arguments));

    public static async Task<Ending> End(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            return new Ending(process.ExitCode, await output, await errors);
        }
    }

    /// <summary>Has a POSIX shell run a script in this folder.</summary>
    public Task<Ending> Shell(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, "sh", .. arguments])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        SetEnvironment(start);
        return End(Process.Start(start)!);
    }

    /// <summary>Reads lines until one holds the text.</summary>
    public static async Task<List<string>> LinesUntil(StreamReader reader, string text)
    {
        List<string> lines = [];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return lines;
            }
        }

        throw new InvalidOperationException($"No line held '{text}':\n{string.Join('\n', lines)}");
    }

    /// <summary>The fake agent's number, remembered so that none is left behind.</summary>
    public int AgentId()
    {
        var id = new NodeFolder(Data).Agent() ?? throw new InvalidOperationException("No agent holds the ledger.");
        _agents.Add(id);
        return id;
    }

    public static bool Lives(int pid) => Casement.Cli.Posix.LivingProcess.Lives(pid);

    public void Dispose()
    {
        // where a test failed half-way; a server goes with the command that started it
        _agents.AddRange(_started);
        if (new NodeFolder(Data).Agent() is { } agent)
        {
            _agents.Add(agent);
        }

        foreach (var pid in _agents.Where(Lives))
        {
            Casement.Cli.Posix.LivingProcess.Kill(pid);
        }

        _folder.Delete(recursive: true);
    }

    private static string Ready(string endpoint, string data, string? caFile, int? pid) => new JsonObject
    {
        ["version"] = 1, ["pid"] = pid ?? Environment.ProcessId, ["endpoint"] = endpoint, ["region"] = "eu-central-1",
        ["account"] = "123456789012", ["ephemeral"] = false, ["data"] = data, ["caFile"] = caFile,
    }.ToJsonString();

    private static uint UserId() => Casement.Cli.Posix.Libc.EffectiveUser();

    private static string Script(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fakes", name);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        return path;
    }

    private void SetEnvironment(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Except(Inherited).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }
    }
}
