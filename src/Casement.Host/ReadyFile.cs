using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Host;

/// <summary>What <c>casement env</c> and <c>casement up</c> read to find a running server.</summary>
internal sealed record Ready(int Version, int Pid, string Endpoint, string Region, string Account, bool Ephemeral, string Data, string? CaFile);

/// <summary>The ready file in the data directory, and its copy in the user's runtime directory; both gone after a clean stop.</summary>
internal sealed partial class ReadyFile : IDisposable
{
    private const uint KeepGroup = uint.MaxValue;

    private readonly List<string> _files = [];

    public ReadyFile(Ready ready)
    {
        Write(Path.Combine(ready.Data, "server.json"), ready);
        var runtime = RuntimeDirectory();
        if (IsOurs(runtime))
        {
            Write(Path.Combine(runtime, $"{ready.Pid}.json"), ready);
        }
        else
        {
            Warning = $"{runtime} is not this user's own directory, so it was left alone: name this server to commands by --data {ready.Data}.";
        }
    }

    /// <summary>What the operator should know; null mostly.</summary>
    public string? Warning { get; }

    private static string RuntimeDirectory()
    {
        var parent = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime
            : Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } temporary ? temporary : "/tmp";
        return Path.Combine(parent, $"casement-{UserId()}");
    }

    /// <summary>
    /// In a directory that everybody may write, such as /tmp, somebody else may have made one of this name first: a server that
    /// writes there writes through whatever links its owner plants. Only an owner may hand a directory to its owner.
    /// </summary>
    private static bool IsOurs(string directory)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            Directory.CreateDirectory(directory, OwnerOnly);
            if (ChangeOwner(directory, UserId(), KeepGroup) != 0 || new DirectoryInfo(directory).LinkTarget is not null)
            {
                return false;
            }

            File.SetUnixFileMode(directory, OwnerOnly);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Write(string file, Ready ready)
    {
        var pending = file + ".new";
        File.Delete(pending);
        using (var stream = new FileStream(pending, FileMode.CreateNew, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, ready, ReadyJson.Default.Ready);
        }

        File.Move(pending, file, overwrite: true);
        _files.Add(file);
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // a directory that was closed meanwhile; who reads the file asks whether the process lives
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint UserId();

    // of the name itself, not of what a link points to
    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Ready))]
internal sealed partial class ReadyJson : JsonSerializerContext;
