using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Casement.Cli.Posix;

/// <summary>The few calls of Linux's C library that .NET does not offer.</summary>
internal static partial class Libc
{
    internal const int SigKill = 9;
    internal const int SigTerm = 15;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;
    internal const int ErrorNotPermitted = 1;
    internal const int ErrorBrokenPipe = 32;
    private const int ErrorInterrupted = 4;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const nuint GetWindowSize = 0x5413;
    private const int CurrentDirectory = -100;
    private const uint WithOwner = 0x8;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    /// <summary>Writes all bytes where the descriptor stands.</summary>
    /// <exception cref="IOException">It cannot be written; the number of the error is in HResult.</exception>
    internal static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Write(descriptor, bytes, (nuint)bytes.Length);
            var error = Marshal.GetLastPInvokeError();
            if (written < 0 && error != ErrorInterrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }

            bytes = bytes[Math.Max(0, (int)written)..];
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nuint count);

    /// <summary>Without the lock that .NET takes on every file it opens.</summary>
    /// <returns>Null when it cannot be opened.</returns>
    internal static SafeFileHandle? OpenToRead(string path)
    {
        var descriptor = Open(path, ReadOnly | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Flock(SafeHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "isatty")]
    internal static partial int IsTerminal(int descriptor);

    /// <summary>Becomes another program. Returns only if that could not be started.</summary>
    internal static void Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        _ = Execute(path, NativeList(arguments), NativeList(environment));

    // never freed: the process is the other program's from here on
    private static nint[] NativeList(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments, nint[] environment);

    /// <returns>Columns of the terminal behind the descriptor, or 0.</returns>
    internal static int Columns(int descriptor)
        => Ioctl(descriptor, GetWindowSize, out var size) == 0 ? size.Columns : 0;

    /// <returns>The user id that owns the file, or null when it cannot be read.</returns>
    internal static uint? OwnerOf(string path)
        => Statx(CurrentDirectory, path, 0, WithOwner, out var status) == 0 ? status.User : null;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out FileStatus status);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        internal ushort Rows;
        internal ushort Columns;
        internal ushort Width;
        internal ushort Height;
    }

    /// <summary>struct statx, the same on every processor; only the beginning is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        internal uint User;
    }
}
