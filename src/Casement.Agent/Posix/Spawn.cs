using System.Runtime.InteropServices;

namespace Casement.Agent.Posix;

/// <summary>
/// Starts a program at the head of its own session, so that no signal meant for the caller's terminal or process group
/// reaches it. posix_spawn forks and executes inside the C library: a managed process must not fork itself.
/// </summary>
internal static unsafe partial class Spawn
{
    // glibc and musl: SETSIGDEF | SETSIGMASK | SETSID
    private const short Flags = 0x04 | 0x08 | 0x80;

    // larger than glibc's and musl's posix_spawnattr_t (336), posix_spawn_file_actions_t (80) and sigset_t (128)
    private const int OpaqueBytes = 512;

    /// <returns>The process id, or a negated errno.</returns>
    internal static int Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string? directory,
        StandardStreams streams)
    {
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        Check(AttributesInit(attributes));
        Check(ActionsInit(actions));
        using var argv = new NativeStrings(arguments);
        using var envp = new NativeStrings(environment);
        try
        {
            Check(SignalsFill(signals));
            Check(AttributesSetSignalDefault(attributes, signals));
            Check(SignalsEmpty(signals));
            Check(AttributesSetSignalMask(attributes, signals));
            Check(AttributesSetFlags(attributes, Flags));
            Check(ActionsDuplicate(actions, streams.Input, 0));
            Check(ActionsDuplicate(actions, streams.Output, 1));
            Check(ActionsDuplicate(actions, streams.Error, 2));
            if (directory is not null)
            {
                Check(ActionsChangeDirectory(actions, directory));
            }
            var error = PosixSpawn(out var pid, program, actions, attributes, argv.Pointer, envp.Pointer);
            return error == 0 ? pid : -error;
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException($"posix_spawn could not be prepared: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(
        out int pid, string path, byte* actions, byte* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetSignalDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetSignalMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int SignalsFill(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SignalsEmpty(byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int ActionsDuplicate(byte* actions, int descriptor, int target);

    [LibraryImport(
        "libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsChangeDirectory(byte* actions, string directory);

    /// <summary>A null-terminated array of UTF-8 strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int _count;

        internal NativeStrings(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (nint*)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(nint));
            for (var i = 0; i < _count; i++)
            {
                Pointer[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
            }
        }

        internal nint* Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem(Pointer[i]);
            }
            NativeMemory.Free(Pointer);
        }
    }
}

/// <summary>Descriptors that become 0, 1 and 2 of a started program. Each must be above 2.</summary>
internal readonly record struct StandardStreams(int Input, int Output, int Error);
