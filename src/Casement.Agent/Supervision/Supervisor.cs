using System.Runtime.InteropServices;
using Casement.Agent.Posix;

namespace Casement.Agent.Supervision;

/// <summary>
/// <c>casement-agent supervise DIR</c>: runs one script and writes down how it ended. It lives in its own session and
/// needs nobody, so neither Ctrl-C at the agent nor the agent's death touches the script or its result.
/// </summary>
internal sealed class Supervisor(RunDirectory run, RunSpec spec, TimeProvider clock)
{
    private bool _ended;

    internal static int Run(string directory, TimeProvider clock)
    {
        _ = Libc.Umask(0b000_111_111);
        var run = new RunDirectory(directory);
        if (run.ReadSpec() is not { } spec || !run.IsStarted)
        {
            Console.Error.WriteLine($"casement-agent: {directory} holds no started run.");
            return ExitCodes.Environment;
        }
        var self = ProcessIdentity.Find(Environment.ProcessId, spec.BootId);
        if (!run.TryClaim(new RunClaim(self), Environment.ProcessId))
        {
            return ExitCodes.Environment;
        }
        CrashPoint.Pass(CrashPoint.SupervisorClaimed);
        return new Supervisor(run, spec, clock).Supervise();
    }

    private int Supervise()
    {
        // a machine that goes down signals everybody: the script shall end by it, the supervisor shall note that it did
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, KeepAlive);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, KeepAlive);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, KeepAlive);
        var startedAt = clock.GetUtcNow();
        using var output = new StreamCapture(run.StandardOutputPath, spec.StoredBytesMax);
        using var error = new StreamCapture(run.StandardErrorPath, spec.StoredBytesMax);
        var pid = StartScript(output, error);
        if (pid <= 0)
        {
            run.WriteExit(new RunExit(
                1, 0, false, false, startedAt, clock.GetUtcNow(), false, false,
                $"The script could not be started: {Marshal.GetPInvokeErrorMessage(-pid)}"));
            return 0;
        }
        run.WriteScript(ProcessIdentity.Find(pid, spec.BootId) ?? new ProcessIdentity(pid, 0, spec.BootId));
        CrashPoint.Pass(CrashPoint.SupervisorStarted);
        var ending = new ScriptEnding(pid, spec, clock);
        Watch(ending, output, error);
        output.Sync();
        error.Sync();
        run.WriteExit(new RunExit(
            ending.Status.Code, ending.Status.Signal, ending.TimedOut, ending.Cancelled, startedAt, clock.GetUtcNow(),
            output.IsTruncated, error.IsTruncated, null));
        _ended = true;
        Drain(output, error);
        return 0;
    }

    private void KeepAlive(PosixSignalContext signal) => signal.Cancel = !_ended;

    private int StartScript(StreamCapture output, StreamCapture error)
    {
        var nowhere = Libc.Open("/dev/null", Libc.OpenReadWrite | Libc.OpenCloseOnExec);
        var mask = Libc.Umask(spec.Umask);
        try
        {
            // exec through a shell, so that a script without a #! line is run by that shell
            return Spawn.Start(
                "/bin/sh", ["sh", "-c", "exec \"$0\"", run.ScriptPath], ScriptEnvironment.Of(spec.Environment),
                spec.WorkingDirectory ?? "/", new StandardStreams(nowhere, output.WriteEnd, error.WriteEnd));
        }
        finally
        {
            _ = Libc.Umask(mask);
            _ = Libc.Close(nowhere);
            _ = Libc.Close(output.WriteEnd);
            _ = Libc.Close(error.WriteEnd);
        }
    }

    /// <summary>
    /// Returns when the script has ended and its pipes are closed, or have been silent for a moment, or two seconds have
    /// gone by: a process that it left behind may hold the pipes for ever.
    /// </summary>
    private void Watch(ScriptEnding ending, StreamCapture output, StreamCapture error)
    {
        const int TickMs = 200;
        var shortTickMs = 1;
        while (true)
        {
            var open = output.IsOpen || error.IsOpen;
            // both pipes closed mostly means that the script is about to end
            var happened = Wait(output, error, open && !ending.IsOver ? TickMs : shortTickMs);
            shortTickMs = ending.IsOver ? 100 : open ? 1 : Math.Min(TickMs, shortTickMs * 2);
            if (ending.IsOver)
            {
                if (!open || happened == 0 || clock.GetElapsedTime(ending.OverAt) > TimeSpan.FromSeconds(2))
                {
                    return;
                }
            }
            else if (ending.Look())
            {
                shortTickMs = 100;
            }
        }
    }

    /// <summary>
    /// A service that the script started writes to the pipe it inherited; closing it would kill that service at its next
    /// line. So somebody stays to read.
    /// </summary>
    private static void Drain(StreamCapture output, StreamCapture error)
    {
        while (output.IsOpen || error.IsOpen)
        {
            _ = Wait(output, error, -1);
        }
    }

    private static unsafe int Wait(StreamCapture output, StreamCapture error, int milliseconds)
    {
        var entries = stackalloc Libc.PollEntry[2];
        // a negative descriptor is skipped
        entries[0] = new Libc.PollEntry { Descriptor = output.ReadEnd, Events = Libc.PollIn };
        entries[1] = new Libc.PollEntry { Descriptor = error.ReadEnd, Events = Libc.PollIn };
        var happened = Libc.Poll(entries, 2, milliseconds);
        if (happened > 0 && entries[0].Happened != 0)
        {
            output.Pump();
        }
        if (happened > 0 && entries[1].Happened != 0)
        {
            error.Pump();
        }
        return happened;
    }
}
