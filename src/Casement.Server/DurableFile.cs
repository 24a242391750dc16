using System.Runtime.InteropServices;
using System.Text;

namespace Casement.Server;

/// <summary>Small files whose presence must survive power loss: bytes and directory entry are on disk when a call returns.</summary>
internal static partial class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // no O_DIRECTORY: its number differs between processors, and elsewhere means O_DIRECT, which directories refuse
    private const int ReadOnly = 0;

    public static void Write(string file, string text)
    {
        using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        SyncDirectoryOf(file);
    }

    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        SyncDirectoryOf(to);
    }

    // .NET opens no directories, and only the directory's own fsync makes a new name durable
    public static void SyncDirectoryOf(string file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(Path.GetDirectoryName(file)!, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The directory of {file} could not be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        var failed = Sync(descriptor) != 0;
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"The directory of {file} could not be made durable.");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
