using System.Diagnostics;
using Casement.Agent.Documents;
using Casement.Agent.Ledgers;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>
/// Carries out the steps of one command. Everything it knows of finished and started steps it reads from the ledger, so
/// the first attempt and the one after a crash are the same code.
/// </summary>
internal sealed class CommandRunner(NodeContext node, Restart restart)
{
    // the server allows as much before it takes the command for lost
    private static readonly TimeSpan _slack = TimeSpan.FromSeconds(60);

    internal async Task<CommandResult> RunAsync(
        DocumentPlan.Steps plan, LedgerEntry entry, CommandReplies replies, CancellationToken stop)
    {
        var deadline = entry.Receipt.ReceivedAt + plan.Longest + _slack;
        var records = new List<StepRecord>();
        var after = AfterStep.Continue;
        for (var index = 0; index < plan.All.Count; index++)
        {
            var record = entry.ReadStep(index);
            if (record is null)
            {
                var runner = new StepRunner(node, restart, entry, index, deadline);
                record = await RunStepAsync(
                    plan.All[index], Allowed(after, plan, index), runner,
                    wish => replies.RestartWishedAsync(wish, records, stop), stop);
                entry.WriteStep(index, record);
                CrashPoint.Pass(CrashPoint.AgentStepRecorded);
                node.Log.Detail($"Command {entry.CommandId}, {record.Key}: {record.Result.Status}.");
            }
            records.Add(record);
            replies.SendStep(record, [.. records], stop);
            after = after == AfterStep.Continue ? record.After : after;
        }
        return new CommandResult(DocumentStatus.Of([.. records.Select(record => record.Result.Status!)]), "", records);
    }

    private static AfterStep Allowed(AfterStep after, DocumentPlan.Steps plan, int index) =>
        after == AfterStep.SkipRest && index == plan.All.Count - 1
            && plan.All[index] is PlannedStep.Shell { Modifiers.IsFinally: true }
            ? AfterStep.Continue
            : after;

    private async Task<StepRecord> RunStepAsync(
        PlannedStep step, AfterStep allowed, StepRunner runner, Func<StepRecord, Task> restartWished,
        CancellationToken stop) => allowed switch
        {
            AfterStep.Continue => step switch
            {
                PlannedStep.Shell shell => await runner.RunAsync(shell, restartWished, stop),
                PlannedStep.Refused refused => NotRun(step, ReplyStatus.Failed, 1, refused.Reason),
                PlannedStep.Skipped skipped => NotRun(step, ReplyStatus.Skipped, 0, skipped.Reason),
                _ => throw new UnreachableException(),
            },
            AfterStep.SkipRest => NotRun(step, ReplyStatus.Skipped, 0, ""),
            AfterStep.AbandonRest => NotRun(
                step, ReplyStatus.Skipped, 0, "Skipped: the result of the step before is not known."),
            AfterStep.CancelRest => NotRun(step, ReplyStatus.Cancelled, 137, ""),
        };

    private StepRecord NotRun(PlannedStep step, string status, int code, string reason)
    {
        var now = NodeInstant.Format(node.Clock.GetUtcNow());
        var isError = status == ReplyStatus.Failed;
        return new StepRecord(
            step.Key,
            new PluginResult(
                status, code, step.Plugin, OutputText.Both(isError ? "" : reason, isError ? reason : ""), now, now,
                "", "", "", isError ? "" : reason, isError ? reason : ""),
            AfterStep.Continue);
    }
}
