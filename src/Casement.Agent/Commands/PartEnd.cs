using System.Diagnostics;
using Casement.Agent.Documents;
using Casement.Agent.Ledgers;
using Casement.Agent.Supervision;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>How one part of a step came out. The note is for standard error and may be empty.</summary>
internal sealed record PartEnd(string Status, int Code, string Note, AfterStep After)
{
    internal const string LostNote = "The node stopped while this command ran; it was not started again.";
    private const int KilledCode = 137;

    internal static PartEnd Failed(string note) => new(ReplyStatus.Failed, 1, note, AfterStep.Continue);

    internal static PartEnd Cancelled() => new(ReplyStatus.Cancelled, KilledCode, "", AfterStep.CancelRest);

    internal static PartEnd Of(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Ended(var exit) => Of(exit),
        RunOutcome.Lost => Failed(LostNote) with { After = AfterStep.AbandonRest },
        _ => throw new UnreachableException(),
    };

    /// <summary>Worst status, first code that is not zero, all notes.</summary>
    internal PartEnd Join(PartEnd next) => new(
        Severity(next.Status) > Severity(Status) ? next.Status : Status,
        Code != 0 ? Code : next.Code,
        Note.Length == 0 || next.Note.Length == 0 ? Note + next.Note : $"{Note}\n{next.Note}",
        next.After);

    private static PartEnd Of(RunExit exit) => exit switch
    {
        { Error: { } error } => Failed(error),
        { Cancelled: true } => Cancelled(),
        { TimedOut: true } => new PartEnd(ReplyStatus.TimedOut, KilledCode, "", AfterStep.Continue),
        { Signal: > 0 } => new PartEnd(
            ReplyStatus.Failed, exit.Code, $"failed to run commands: signal {exit.Signal}", AfterStep.Continue),
        { Code: 0 } => new PartEnd(ReplyStatus.Success, 0, "", AfterStep.Continue),
        { Code: 168 } => new PartEnd(ReplyStatus.Success, 168, "", AfterStep.SkipRest),
        _ => new PartEnd(
            ReplyStatus.Failed, exit.Code, $"failed to run commands: exit status {exit.Code}",
            exit.Code == 169 ? AfterStep.SkipRest : AfterStep.Continue),
    };

    private static int Severity(string status) => status switch
    {
        ReplyStatus.Failed => 3,
        ReplyStatus.TimedOut => 2,
        ReplyStatus.Cancelled => 1,
        _ => 0,
    };
}

/// <summary>The status of a document, from those of its steps.</summary>
internal static class DocumentStatus
{
    private static readonly string[] _worstFirst =
        [ReplyStatus.SuccessAndReboot, ReplyStatus.Failed, ReplyStatus.TimedOut, ReplyStatus.Cancelled];

    internal static string Of(IReadOnlyList<string> steps) =>
        _worstFirst.FirstOrDefault(steps.Contains)
        ?? (steps.All(step => step is ReplyStatus.Success or ReplyStatus.Skipped)
            ? ReplyStatus.Success
            : ReplyStatus.InProgress);

    /// <summary>What a step's modifiers make of its result.</summary>
    internal static StepRecord Apply(StepModifiers modifiers, StepRecord record)
    {
        var failed = record.Result.Status is ReplyStatus.Failed or ReplyStatus.TimedOut;
        if (record.After != AfterStep.Continue)
        {
            return record;
        }
        if (failed && modifiers.SucceedOnFailure)
        {
            return new StepRecord(
                record.Key, record.Result with { Status = ReplyStatus.Success, Code = 168 }, AfterStep.SkipRest);
        }
        return (failed && modifiers.ExitOnFailure)
            || (record.Result.Status == ReplyStatus.Success && modifiers.ExitOnSuccess)
            ? record with { After = AfterStep.SkipRest }
            : record;
    }
}
