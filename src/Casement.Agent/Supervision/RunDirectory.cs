using Casement.Agent.Posix;

namespace Casement.Agent.Supervision;

/// <summary>
/// The folder through which the agent and a supervisor talk; it outlives both. In order of appearance:
/// <c>spec.json</c> and <c>_script.sh</c> (what to run), <c>started</c> (from here on the script must never be started
/// by anybody else), <c>claim</c> (the supervisor that does it, or the agent that gave it up: created by one of them
/// only), <c>script.json</c>, <c>stdout</c>, <c>stderr</c>, and at last <c>exit.json</c>.
/// </summary>
internal sealed record RunDirectory(string Path)
{
    internal string ScriptPath => File("_script.sh");

    internal string StandardOutputPath => File("stdout");

    internal string StandardErrorPath => File("stderr");

    internal bool IsStarted => System.IO.File.Exists(File("started"));

    internal RunSpec? ReadSpec() => DurableFile.Read(File("spec.json"), AgentJson.Default.RunSpec);

    internal RunExit? ReadExit() => DurableFile.Read(File("exit.json"), AgentJson.Default.RunExit);

    internal RunClaim? ReadClaim() => DurableFile.Read(File("claim"), AgentJson.Default.RunClaim);

    internal ProcessIdentity? ReadScript() => DurableFile.Read(File("script.json"), AgentJson.Default.ProcessIdentity);

    internal void Prepare(RunSpec spec, string script)
    {
        Directory.CreateDirectory(Path);
        DurableFile.Write(
            ScriptPath, System.Text.Encoding.UTF8.GetBytes(script),
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DurableFile.Write(File("spec.json"), spec, AgentJson.Default.RunSpec);
    }

    internal void MarkStarted() => DurableFile.Write(File("started"), []);

    internal bool TryClaim(RunClaim claim, int pid) =>
        DurableFile.TryCreate(File("claim"), $"{pid}", claim, AgentJson.Default.RunClaim);

    internal void WriteScript(ProcessIdentity script) =>
        DurableFile.Write(File("script.json"), script, AgentJson.Default.ProcessIdentity);

    internal void WriteExit(RunExit exit) => DurableFile.Write(File("exit.json"), exit, AgentJson.Default.RunExit);

    private string File(string name) => System.IO.Path.Combine(Path, name);
}

/// <summary>
/// What a supervisor is to do. Without a working directory the script runs in the root directory; it is ended once the
/// file at the cancel path exists; its umask is not the agent's, which lets nobody else read a file; its environment is
/// added to the agent's own without the secrets.
/// </summary>
internal sealed record RunSpec(
    string? WorkingDirectory,
    int TimeoutSeconds,
    int GraceSeconds,
    int StoredBytesMax,
    string CancelPath,
    uint Umask,
    string BootId,
    IReadOnlyDictionary<string, string> Environment);

/// <summary>Whose run it is. Without a supervisor the agent gave it up before any supervisor took it.</summary>
internal sealed record RunClaim(ProcessIdentity? Supervisor);

/// <summary>
/// How a script ended. The code is as a shell says it: the exit code, or 128 and the signal; the signal is zero when the
/// script ended by itself. An error says why the script could not be started.
/// </summary>
internal sealed record RunExit(
    int Code,
    int Signal,
    bool TimedOut,
    bool Cancelled,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    bool StandardOutputTruncated,
    bool StandardErrorTruncated,
    string? Error);
