using System.Runtime.InteropServices;

namespace Casement.Agent.Posix;

/// <summary>A child of this process in its own session, without any of its open files.</summary>
internal sealed class DetachedProcess
{
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DetachedProcess(int pid)
    {
        // waitpid blocks for as long as the child lives, so it gets a thread of its own instead of one of the pool's
        new Thread(() => Reap(pid), maxStackSize: 128 * 1024) { IsBackground = true, Name = $"wait for {pid}" }.Start();
    }

    /// <summary>Completes with the raw wait status once the child is gone, whether this process wanted that or not.</summary>
    internal Task<int> Ended => _ended.Task;

    /// <exception cref="IOException">The program could not be started.</exception>
    internal static DetachedProcess Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var nowhere = Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        try
        {
            var pid = Spawn.Start(
                program, arguments, environment, "/", new StandardStreams(nowhere, nowhere, nowhere));
            return pid > 0
                ? new DetachedProcess(pid)
                : throw new IOException($"{program} could not be started: {Marshal.GetPInvokeErrorMessage(-pid)}");
        }
        finally
        {
            _ = Libc.Close(nowhere);
        }
    }

    private void Reap(int pid)
    {
        int status;
        while (Libc.WaitPid(pid, out status, 0) < 0 && Marshal.GetLastPInvokeError() == Libc.ErrorInterrupted)
        {
        }
        _ended.SetResult(status);
    }
}
