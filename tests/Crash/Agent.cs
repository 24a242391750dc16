using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Crash.Tests;

/// <summary>The built agent as a process on a directory of its own.</summary>
internal sealed class Agent : IAsyncDisposable
{
    public const string Role = "service-role/AmazonEC2RunCommandRoleForManagedInstances";
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private Agent(Process process, string directory)
    {
        _process = process;
        Directory = directory;
        Exited = WaitForExit();
    }

    public string Directory { get; }

    public Task<int> Exited { get; }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <param name="server">Its endpoint.</param>
    /// <param name="directory">The node's.</param>
    /// <param name="death">Where it dies; null for one that lives.</param>
    /// <param name="more">Options beside endpoint and directory.</param>
    public static Agent Start(CasementServer server, string directory, string? death, params string[] more)
    {
        var variables = death is null ? [] : new Dictionary<string, string> { ["CASEMENT_CRASH_AT"] = death };
        string[] arguments = ["--dir", directory, "--endpoint", server.Endpoint.AbsoluteUri, .. more];
        var process = Process.Start(Program.Start(Files.Agent, arguments, variables)) ?? throw new InvalidOperationException("The agent did not start.");
        process.StandardInput.Close();
        return new Agent(process, directory);
    }

    /// <summary>The options that register by an activation.</summary>
    public static string[] Activation(JsonElement activation) =>
        ["--activation-id", activation.Text("ActivationId"), "--code", activation.Text("ActivationCode")];

    /// <summary>The node's id, once it is stored.</summary>
    public async Task<string> Registered()
    {
        var file = Path.Combine(Directory, "registration.json");
        await Eventually.Is(() => Task.FromResult(File.Exists(file) ? "registered" : $"not registered: {Said}"), seen => seen == "registered");
        return JsonSerializer.Deserialize<JsonElement>(await File.ReadAllBytesAsync(file)).Text("InstanceId");
    }

    public async Task Kill()
    {
        _process.Kill();
        await Exited.WaitAsync(EndDeadline);
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            await Kill();
        }

        _process.Dispose();
    }

    private async Task<int> WaitForExit()
    {
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    private void Note(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }
}
