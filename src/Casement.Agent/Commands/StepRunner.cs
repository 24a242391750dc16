using System.Diagnostics;
using Casement.Agent.Documents;
using Casement.Agent.Ledgers;
using Casement.Agent.Posix;
using Casement.Agent.Supervision;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>Carries out one shell step of one command, or goes on with it where an earlier agent left it.</summary>
internal sealed class StepRunner(NodeContext node, Restart restart, LedgerEntry entry, int step, DateTimeOffset deadline)
{
    private const int GraceSeconds = 5;
    private const int StoredBytesMax = 1024 * 1024;

    internal async Task<StepRecord> RunAsync(
        PlannedStep.Shell plan, Func<StepRecord, Task> restartWished, CancellationToken stop)
    {
        var startedAt = node.Clock.GetUtcNow();
        PartEnd? end = null;
        for (var part = 0; part < plan.Parts.Count && end is null or { After: AfterStep.Continue }; part++)
        {
            var next = await RunPartAsync(
                part, plan.Parts[part], wish => restartWished(Record(plan, wish, startedAt)), stop);
            end = end is null ? next : end.Join(next);
        }
        return DocumentStatus.Apply(
            plan.Modifiers, Record(plan, end ?? PartEnd.Failed("runCommand: the plugin has no properties."), startedAt));
    }

    private async Task<PartEnd> RunPartAsync(
        int part, ShellScript script, Func<PartEnd, Task> restartWished, CancellationToken stop)
    {
        if (script.Fault is { } fault)
        {
            return PartEnd.Failed(fault);
        }
        var run = entry.ReadRuns(step, part) is [.., var last]
            ? new SupervisedRun(last, Machine.ReadBootId(), node.Clock)
            : null;
        while (true)
        {
            if (run is null && Refusal(script) is { } refusal)
            {
                return refusal;
            }
            run ??= Start(part, script);
            var outcome = await run.WaitAsync(stop);
            if (outcome is not RunOutcome.Ended(var exit) || !Restart.IsWished(exit))
            {
                return PartEnd.Of(outcome);
            }
            await restartWished(new PartEnd(ReplyStatus.InProgress, exit.Code, "", AfterStep.Continue));
            switch (await restart.CarryOutAsync(run.Directory.ReadSpec()!, entry, stop))
            {
                case RestartOutcome.Done:
                    run = null;
                    break;
                case RestartOutcome.Cancelled:
                    return PartEnd.Cancelled();
                case RestartOutcome.Failed(var reason):
                    return new PartEnd(ReplyStatus.Failed, exit.Code, reason, AfterStep.SkipRest);
                default:
                    throw new UnreachableException();
            }
        }
    }

    private PartEnd? Refusal(ShellScript script)
    {
        if (entry.IsCancelled)
        {
            return PartEnd.Cancelled();
        }
        if (node.Clock.GetUtcNow() > deadline)
        {
            return PartEnd.Failed(
                $"The node was away until after the command's deadline ({NodeInstant.Format(deadline)}); not started.")
                with { After = AfterStep.AbandonRest };
        }
        return script.WorkingDirectory is { } directory && !Directory.Exists(directory)
            ? PartEnd.Failed($"workingDirectory {directory} does not exist.")
            : null;
    }

    private SupervisedRun Start(int part, ShellScript script)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_SSM_INSTANCE_ID"] = node.Node.InstanceId,
            ["AWS_SSM_REGION_NAME"] = node.Node.Region,
            ["AWS_SSM_PLATFORM_NAME"] = node.Machine.PlatformName,
            ["AWS_SSM_PLATFORM_VERSION"] = node.Machine.PlatformVersion,
            ["SSM_COMMAND_ID"] = entry.CommandId,
        };
        foreach (var (name, value) in script.Environment)
        {
            environment[name] = value;
        }
        var run = entry.CreateRun(step, part);
        run.Prepare(
            new RunSpec(
                script.WorkingDirectory, script.TimeoutSeconds, GraceSeconds, StoredBytesMax, entry.CancelPath,
                node.Umask, Machine.ReadBootId(), environment),
            script.Text);
        CrashPoint.Pass(CrashPoint.AgentPrepared);
        var supervised = new SupervisedRun(run, Machine.ReadBootId(), node.Clock);
        supervised.Start();
        return supervised;
    }

    private StepRecord Record(PlannedStep.Shell plan, PartEnd end, DateTimeOffset startedAt)
    {
        var runs = Enumerable.Range(0, plan.Parts.Count).SelectMany(part => entry.ReadRuns(step, part)).ToList();
        var output = OutputText.Stream(Head(runs.Select(run => run.StandardOutputPath)));
        var error = OutputText.Stream(Head(runs.Select(run => run.StandardErrorPath)), end.Note);
        var firstExit = runs.Count > 0 ? runs[0].ReadExit() : null;
        var lastExit = runs.Count > 0 ? runs[^1].ReadExit() : null;
        return new StepRecord(
            plan.Key,
            new PluginResult(
                end.Status, end.Code, plan.Plugin, OutputText.Both(output, error),
                NodeInstant.Format(firstExit?.StartedAt ?? startedAt),
                NodeInstant.Format(lastExit?.EndedAt ?? node.Clock.GetUtcNow()), "", "", "", output, error),
            end.After);
    }

    /// <summary>One byte more than a reply can hold, so that the cut is noticed.</summary>
    private static byte[] Head(IEnumerable<string> paths)
    {
        var head = new byte[OutputText.StreamBytesMax + 1];
        var filled = 0;
        foreach (var path in paths.Where(File.Exists))
        {
            using var file = File.OpenRead(path);
            filled += file.ReadAtLeast(head.AsSpan(filled), head.Length - filled, throwOnEndOfStream: false);
        }
        return head[..filled];
    }
}
