using System.Globalization;
using System.Text.Json;
using Casement.Cli.Posix;

namespace Casement.Cli.Up;

/// <summary>The local node's directory, which is the agent's; read here to learn who works on it.</summary>
internal sealed class NodeFolder(string data)
{
    internal string Path { get; } = System.IO.Path.Combine(data, "node");

    internal string Log => System.IO.Path.Combine(Path, "agent.log");

    private string Lock => System.IO.Path.Combine(Path, "lock");

    // the agent writes it once it holds the lock
    private string Number => System.IO.Path.Combine(Path, "agent.pid");

    private string Registration => System.IO.Path.Combine(Path, "registration.json");

    internal void Make() => Directory.CreateDirectory(
        Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>The id under which this machine is registered, or null.</summary>
    internal string? NodeId()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Registration), UpJson.Default.NodeRegistration)?.InstanceId;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps the registration of a node that the server no longer knows under another name.</summary>
    internal void SetRegistrationAside(string id) => File.Move(Registration, $"{Registration}.{id}", overwrite: true);

    /// <summary>
    /// The agent that holds the ledger's lock, or null. A holder that did not say its number is 0. Not to be asked while
    /// an agent starts: the lock is tried, and the agent would find it held.
    /// </summary>
    internal int? Agent()
    {
        using var file = Libc.OpenToRead(Lock);
        return file is null || Libc.Flock(file, Libc.LockExclusive | Libc.LockNonBlocking) == 0 ? null : LastAgent();
    }

    /// <summary>The agent that last took the lock, as it says itself, or 0. The lock is not touched.</summary>
    internal int LastAgent()
    {
        try
        {
            return int.TryParse(File.ReadAllText(Number).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    internal string LastLogLine()
    {
        try
        {
            return File.ReadLines(Log).LastOrDefault(line => line.Length > 0) ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
