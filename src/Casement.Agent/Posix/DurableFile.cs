using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Casement.Agent.Posix;

/// <summary>Files that are either absent or whole, and that survive a power cut once a method has returned.</summary>
internal static class DurableFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Private)
    {
        WriteAside(path + ".new", content, mode);
        Rename(path + ".new", path);
    }

    /// <summary>Both names are in one directory; what had the new name is replaced.</summary>
    internal static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(to)!);
    }

    internal static void Write<T>(string path, T value, JsonTypeInfo<T> shape) =>
        Write(path, JsonSerializer.SerializeToUtf8Bytes(value, shape));

    /// <summary>Writes the file only if no file of that name exists; two that try at once see one winner.</summary>
    internal static bool TryCreate<T>(string path, string suffix, T value, JsonTypeInfo<T> shape)
    {
        var aside = $"{path}.{suffix}";
        WriteAside(aside, JsonSerializer.SerializeToUtf8Bytes(value, shape), Private);
        var made = Libc.Link(aside, path) == 0;
        var error = Marshal.GetLastPInvokeError();
        File.Delete(aside);
        if (!made && error != Libc.ErrorExists)
        {
            throw new IOException($"{path} could not be created: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        SyncDirectory(Path.GetDirectoryName(path)!);
        return made;
    }

    /// <returns>Null when the file does not exist.</returns>
    internal static T? Read<T>(string path, JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), shape);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes creations, renames and deletions inside the directory durable.</summary>
    internal static void SyncDirectory(string path)
    {
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenDirectory | Libc.OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"{path} could not be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        var failed = Libc.Fsync(descriptor) != 0;
        var message = Marshal.GetLastPInvokeErrorMessage();
        _ = Libc.Close(descriptor);
        if (failed)
        {
            throw new IOException($"{path} could not be synchronised: {message}");
        }
    }

    private static void WriteAside(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode, BufferSize = 0,
        });
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
