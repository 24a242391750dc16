using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Casement.Agent.Posix;

namespace Casement.Agent.Server;

/// <summary>What makes this machine the node that it is. The private key stands beside it, in <c>node.key</c>.</summary>
internal sealed record Registration(string InstanceId, string Region, string Endpoint, string Fingerprint);

/// <summary>
/// The agent's directory: one agent at a time (an exclusive flock on <c>lock</c>, held as long as the process lives, its
/// id in <c>agent.pid</c>), and nobody else may read it. <c>registration.json</c> comes last when a node
/// is registered, so that it never names a key that was not stored.
/// </summary>
internal sealed class NodeDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly int _lock;

    private NodeDirectory(string path, int held)
    {
        Path = path;
        _lock = held;
    }

    internal string Path { get; }

    private string RegistrationPath => System.IO.Path.Combine(Path, "registration.json");

    private string KeyPath => System.IO.Path.Combine(Path, "node.key");

    private string NextKeyPath => System.IO.Path.Combine(Path, "next.key");

    internal bool HasKey => File.Exists(KeyPath);

    internal DateTimeOffset KeyStoredAt => File.GetLastWriteTimeUtc(KeyPath);

    /// <exception cref="IOException">Another agent holds the directory, or it cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be used.</exception>
    internal static NodeDirectory Open(string path)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        File.SetUnixFileMode(path, OwnerOnly);
        // not through FileStream, whose own locks can be switched off by a variable and say nothing of who holds the file
        var held = Libc.Open(
            System.IO.Path.Combine(path, "lock"), Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloseOnExec, 0b110_000_000);
        if (held < 0)
        {
            throw new IOException($"its lock cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        var pidPath = System.IO.Path.Combine(path, "agent.pid");
        if (Libc.Flock(held, Libc.LockExclusive | Libc.LockNonBlocking) != 0)
        {
            _ = Libc.Close(held);
            var holder = File.Exists(pidPath) ? File.ReadAllText(pidPath).Trim() : "unknown";
            throw new IOException($"another agent (process {holder}) works on it");
        }
        DurableFile.Write(pidPath, System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        return new NodeDirectory(path, held);
    }

    internal Registration? ReadRegistration() =>
        DurableFile.Read(RegistrationPath, AgentJson.Default.Registration);

    internal RSA ReadKey() => ReadKey(KeyPath);

    internal void StoreKey(RSA key) => StoreKey(KeyPath, key);

    /// <returns>Null unless the key is being replaced.</returns>
    internal RSA? ReadNextKey() => File.Exists(NextKeyPath) ? ReadKey(NextKeyPath) : null;

    internal void StoreNextKey(RSA key) => StoreKey(NextKeyPath, key);

    internal void AdoptNextKey() => DurableFile.Rename(NextKeyPath, KeyPath);

    internal void DropNextKey() => File.Delete(NextKeyPath);

    internal void StoreRegistration(Registration registration) =>
        DurableFile.Write(RegistrationPath, registration, AgentJson.Default.Registration);

    public void Dispose() => _ = Libc.Close(_lock);

    private static RSA ReadKey(string path)
    {
        var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return key;
    }

    private static void StoreKey(string path, RSA key) =>
        DurableFile.Write(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
}
