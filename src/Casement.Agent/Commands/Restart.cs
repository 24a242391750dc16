using Casement.Agent.Ledgers;
using Casement.Agent.Posix;
using Casement.Agent.Supervision;

namespace Casement.Agent.Commands;

/// <summary>What came of a script's wish (exit code 194) for a restart of the machine.</summary>
internal abstract record RestartOutcome
{
    private RestartOutcome()
    {
    }

    internal sealed record Done : RestartOutcome;

    internal sealed record Cancelled : RestartOutcome;

    internal sealed record Failed(string Reason) : RestartOutcome;
}

/// <summary>
/// Restarts the machine for a script. The wish is on disk already: the run's exit file says 194 and its specification
/// names the start of the machine it ran under, so after the restart, or after a crash on the way to it, the agent sees
/// which of both it woke up in.
/// </summary>
internal sealed class Restart(NodeContext node)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(15);

    /// <summary>No new command is taken: it would not live long.</summary>
    internal bool IsUnderWay { get; private set; }

    internal static bool IsWished(RunExit exit) =>
        exit is { Code: 194, Signal: 0, TimedOut: false, Cancelled: false, Error: null };

    internal async Task<RestartOutcome> CarryOutAsync(RunSpec spec, LedgerEntry entry, CancellationToken stop)
    {
        if (Machine.ReadBootId() != spec.BootId)
        {
            return new RestartOutcome.Done();
        }
        if (node.RebootCommand is not { } command)
        {
            return new RestartOutcome.Failed(
                "The script asked for a restart of the machine (exit code 194), but this agent was started without "
                + "--reboot-command; nothing was restarted.");
        }
        IsUnderWay = true;
        try
        {
            node.Log.Say($"Restarting the machine for command {entry.CommandId}: {command}");
            var status = new WaitStatus(await DetachedProcess.Start(
                "/bin/sh", ["sh", "-c", command], ScriptEnvironment.Of(new Dictionary<string, string>())).Ended);
            return status.Code == 0
                ? await WaitForEndAsync(entry, stop)
                : new RestartOutcome.Failed($"The reboot command failed with exit status {status.Code}: {command}");
        }
        finally
        {
            IsUnderWay = false;
        }
    }

    private async Task<RestartOutcome> WaitForEndAsync(LedgerEntry entry, CancellationToken stop)
    {
        var since = node.Clock.GetTimestamp();
        while (node.Clock.GetElapsedTime(since) < _patience)
        {
            if (entry.IsCancelled)
            {
                return new RestartOutcome.Cancelled();
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), node.Clock, stop);
        }
        return new RestartOutcome.Failed(
            $"The machine did not restart within {_patience.TotalMinutes:0} minutes of the reboot command.");
    }
}
