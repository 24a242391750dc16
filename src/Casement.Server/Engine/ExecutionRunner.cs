using Casement.Executions;
using Casement.Storage;

namespace Casement.Server.Engine;

/// <summary>
/// Advances one execution as far as it goes: reads the rows, decides, commits what was decided under the version that was read,
/// performs the effects, and looks again. Two of these on one execution waste work and harm nothing.
/// </summary>
internal sealed class ExecutionRunner(Backstage backstage)
{
    private const long AfterDamageMs = 60_000;

    /// <summary>One that cannot be read is named in the log and looked at again in a minute: somebody may have mended it.</summary>
    public async Task Advance(string executionId)
    {
        try
        {
            await AdvanceReadable(executionId);
        }
        catch (UnreadableRowException e)
        {
            backstage.Unreadable.Say(e);
            await backstage.Database.Write(tx => Storage.Executions.PutOff(tx, executionId, backstage.Clock.NowMs + AfterDamageMs));
        }
    }

    private async Task AdvanceReadable(string executionId)
    {
        while (true)
        {
            var stored = backstage.Database.ReadConsistently(tx => Storage.Executions.Load(tx, executionId));
            if (stored is null || (stored.State.Status.IsFinal() && stored.WakeMs is null))
            {
                return;
            }

            CrashPoint.Pass(CrashPoint.ExecutionLoaded);
            var now = backstage.Clock.Now;
            var decision = ExecutionMachine.Decide(backstage.Database.Read(tx => WithEndedCommands(tx, stored)), now);
            var wakeMs = decision.Next.Status.IsFinal() ? null : decision.WakeAt?.ToUnixTimeMilliseconds();
            if (!ReferenceEquals(decision.Next, stored.State) || wakeMs != stored.WakeMs)
            {
                CrashPoint.Pass(CrashPoint.ExecutionDecided);
                if (!await Save(stored, decision.Next, wakeMs))
                {
                    continue;
                }

                CrashPoint.Pass(CrashPoint.ExecutionSaved);
                CrashPoint.PassIf(decision.Next.Status.IsFinal(), CrashPoint.ExecutionEnded);
            }

            if (decision.Effects.IsEmpty)
            {
                return;
            }

            var performer = new EffectPerformer(backstage, stored.Scope, executionId);
            foreach (var effect in decision.Effects)
            {
                await performer.Perform(effect);
            }
        }
    }

    private Task<bool> Save(StoredExecution stored, ExecutionState next, long? wakeMs) => backstage.Database.Write(tx =>
    {
        if (!Storage.Executions.Save(tx, stored, next, wakeMs))
        {
            return false;
        }

        if (next.Status.IsFinal())
        {
            if (backstage.Quotas.Executions is not null)
            {
                ReleaseWaiting(tx, stored.Scope);
            }
        }
        else if (wakeMs is not null)
        {
            tx.AfterCommit(backstage.Bells.ClockChanged);
        }

        return true;
    });

    /// <summary>Results of commands are rows of their own; what has ended there is taken over here.</summary>
    private static ExecutionState WithEndedCommands(Tx tx, StoredExecution stored)
    {
        var state = stored.State;
        foreach (var invocation in state.Tasks.SelectMany(t => t.Invocations))
        {
            if (invocation is { Progress: InvocationProgress.Running, CommandId: { } commandId } &&
                Storage.Commands.Find(tx, stored.Scope, commandId) is { Final: true } command)
            {
                var progress = command.Progress;
                state = state.WithCommandEnded(
                    invocation.InvocationId, CommandMachine.StatusOf(progress), progress.Total, progress.Ended.Errors,
                    NodaTime.Instant.FromUnixTimeMilliseconds(CommandInvocations.LastEnd(tx, commandId) ?? command.RequestedMs));
            }
        }

        return state;
    }

    /// <summary>At a start: the quota may be another than the one under which executions were told to wait.</summary>
    public void ReleaseWaiting(Tx tx)
    {
        foreach (var scope in Storage.Executions.ScopesThatWait(tx))
        {
            ReleaseWaiting(tx, scope);
        }
    }

    // an execution that ended makes room for the oldest one that waits
    private void ReleaseWaiting(Tx tx, Scope scope)
    {
        var (active, waiting) = Storage.Executions.Load(tx, scope);
        foreach (var queued in ExecutionQuota.Release(waiting, active, backstage.Quotas.Executions))
        {
            if (Storage.Executions.Load(tx, queued.ExecutionId) is { } stored &&
                Storage.Executions.Save(tx, stored, stored.State.WithReleased(), backstage.Clock.NowMs))
            {
                tx.AfterCommit(() => backstage.Bells.ExecutionChanged(scope, queued.ExecutionId));
            }
        }
    }
}
