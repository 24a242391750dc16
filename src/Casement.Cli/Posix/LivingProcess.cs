using System.Runtime.InteropServices;

namespace Casement.Cli.Posix;

/// <summary>Processes that this one may know only by number.</summary>
internal static class LivingProcess
{
    /// <summary>A process that ended but was not waited for yet does not live.</summary>
    internal static bool Lives(int pid)
    {
        if (pid <= 0 || (Libc.Kill(pid, 0) != 0 && Marshal.GetLastPInvokeError() != Libc.ErrorNotPermitted))
        {
            return false;
        }

        try
        {
            // "pid (name) state …", and a name may hold anything
            var status = File.ReadAllText($"/proc/{pid}/stat");
            var state = status.LastIndexOf(')') + 2;
            return state >= status.Length || status[state] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether this is one of its arguments: a number may have passed to a process that has nothing to do with us.</summary>
    internal static bool WasGiven(int pid, string argument)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Contains(argument, StringComparer.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal static void Terminate(int pid) => _ = Libc.Kill(pid, Libc.SigTerm);

    internal static void Kill(int pid) => _ = Libc.Kill(pid, Libc.SigKill);

    /// <returns>False when it still lived at the end of the time.</returns>
    internal static async Task<bool> Ends(int pid, TimeSpan within, TimeProvider time, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (Lives(pid))
        {
            if (time.GetElapsedTime(started) > within || stop.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None);
        }

        return true;
    }
}
