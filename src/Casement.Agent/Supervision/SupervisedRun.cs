using Casement.Agent.Posix;

namespace Casement.Agent.Supervision;

/// <summary>How a run came out.</summary>
internal abstract record RunOutcome
{
    private RunOutcome()
    {
    }

    /// <summary>The supervisor wrote down the end of the script.</summary>
    internal sealed record Ended(RunExit Exit) : RunOutcome;

    /// <summary>Nobody can say how the script ended, or whether it ran at all.</summary>
    internal sealed record Lost : RunOutcome;
}

/// <summary>The agent's end of a run: starts its supervisor, or finds it again after a restart, and waits.</summary>
internal sealed class SupervisedRun(RunDirectory run, string bootId, TimeProvider clock)
{
    private static readonly TimeSpan _lookEveryMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _lookEveryMax = TimeSpan.FromMilliseconds(200);

    private Task? _supervisorEnded;

    internal RunDirectory Directory => run;

    /// <exception cref="IOException">The supervisor could not be started; the run is given up.</exception>
    internal void Start()
    {
        run.MarkStarted();
        CrashPoint.Pass(CrashPoint.AgentMarked);
        var program = Environment.ProcessPath!;
        // a build that is not an executable of its own is started by the dotnet program
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? [program, Path.Combine(AppContext.BaseDirectory, "casement-agent.dll"), "supervise", run.Path]
            : [program, "supervise", run.Path];
        _supervisorEnded = DetachedProcess.Start(program, arguments, ScriptEnvironment.OfSupervisor()).Ended;
        CrashPoint.Pass(CrashPoint.AgentStarted);
    }

    internal async Task<RunOutcome> WaitAsync(CancellationToken stop)
    {
        var lookEvery = _lookEveryMin;
        while (true)
        {
            // in this order: a supervisor that is gone now has written before whatever it was going to write
            var mayStillWrite = MayStillWrite();
            if (run.ReadExit() is { } exit)
            {
                return new RunOutcome.Ended(exit);
            }
            if (!mayStillWrite)
            {
                EndOrphan();
                return new RunOutcome.Lost();
            }
            await Task.Delay(lookEvery, clock, stop);
            lookEvery = lookEvery * 2 < _lookEveryMax ? lookEvery * 2 : _lookEveryMax;
        }
    }

    private bool MayStillWrite()
    {
        if (_supervisorEnded is { IsCompleted: false })
        {
            return true;
        }
        if (run.ReadClaim() is not { } claim)
        {
            // started by an agent that died at once: its supervisor may be about to claim the run, so only one of us may
            return !run.TryClaim(new RunClaim(null), Environment.ProcessId);
        }
        return claim.Supervisor?.IsAlive(bootId) == true;
    }

    /// <summary>Without its supervisor a script has no time limit any more and nobody reads what it writes.</summary>
    private void EndOrphan()
    {
        if (run.ReadScript() is { } script && script.IsAlive(bootId))
        {
            _ = Libc.Kill(-script.Pid, Libc.SigKill);
        }
    }
}
