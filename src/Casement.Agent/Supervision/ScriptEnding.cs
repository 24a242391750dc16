using Casement.Agent.Posix;

namespace Casement.Agent.Supervision;

/// <summary>Notices the end of a script, and brings it about when its time is up or its command was cancelled.</summary>
internal sealed class ScriptEnding(int pid, RunSpec spec, TimeProvider clock)
{
    private readonly long _startedAt = clock.GetTimestamp();
    private long _askedAt;
    private bool _killed;

    internal bool IsOver { get; private set; }

    internal long OverAt { get; private set; }

    internal WaitStatus Status { get; private set; }

    internal bool TimedOut { get; private set; }

    internal bool Cancelled { get; private set; }

    private bool IsAsked => TimedOut || Cancelled;

    /// <returns>True when the script is over.</returns>
    internal bool Look()
    {
        if (HasEnded())
        {
            if (IsAsked)
            {
                // what the script left in its group ends with it; not reaped yet, its id cannot name another group
                _ = Libc.Kill(-pid, Libc.SigKill);
            }
            _ = Libc.WaitPid(pid, out var status, 0);
            Status = new WaitStatus(status);
            OverAt = clock.GetTimestamp();
            IsOver = true;
            return true;
        }
        if (!IsAsked)
        {
            AskIfDue();
        }
        else if (!_killed && clock.GetElapsedTime(_askedAt) >= TimeSpan.FromSeconds(spec.GraceSeconds))
        {
            _ = Libc.Kill(-pid, Libc.SigKill);
            _killed = true;
        }
        return false;
    }

    private void AskIfDue()
    {
        Cancelled = File.Exists(spec.CancelPath);
        TimedOut = !Cancelled && clock.GetElapsedTime(_startedAt) >= TimeSpan.FromSeconds(spec.TimeoutSeconds);
        if (IsAsked)
        {
            _askedAt = clock.GetTimestamp();
            _ = Libc.Kill(-pid, Libc.SigTerm);
        }
    }

    private unsafe bool HasEnded()
    {
        // siginfo_t: 128 bytes, the first integer stays zero while there is nothing to report
        var info = stackalloc int[32];
        info[0] = 0;
        return Libc.WaitId(Libc.WaitForPid, pid, info, Libc.WaitExited | Libc.WaitNoHang | Libc.WaitNoReap) != 0
            || info[0] != 0;
    }
}
