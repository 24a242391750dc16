using System.Collections.Immutable;
using System.Diagnostics;
using Casement.Executions;
using NodaTime;

namespace Casement.Storage;

/// <summary>A registered target as it stood when a window opened.</summary>
public sealed record SnapshotTarget(string TargetId, TargetDefinition Definition);

/// <summary>What an execution keeps beside its columns and its tasks: the JSON in <c>executions.snapshot</c>.</summary>
/// <param name="Targets">The window's targets at the opening, in order of registration.</param>
/// <param name="Note">Why the opening was late; null when it was not.</param>
/// <param name="PreviousExecutionId">The execution that an overlapping occurrence met; else null.</param>
/// <param name="Kind">1 opened on time, 2 late, 3 overlapping, 4 missed.</param>
public sealed record ExecutionSnapshot(int Kind, IReadOnlyList<SnapshotTarget> Targets, string? Note = null, string? PreviousExecutionId = null)
{
    /// <summary>Whether the row only says why an occurrence did not open.</summary>
    public bool IsNotOpened => ToOpening() is Opening.Overlapping or Opening.Missed;

    public Opening ToOpening() => Kind switch
    {
        1 => new Opening.OnTime(),
        2 => new Opening.Late(Note ?? ""),
        3 => new Opening.Overlapping(PreviousExecutionId ?? ""),
        4 => new Opening.Missed(),
        _ => throw new InvalidDataException($"An execution's snapshot has the unknown kind {Kind}."),
    };

    public static ExecutionSnapshot Of(Opening opening, IReadOnlyList<SnapshotTarget> targets) => opening switch
    {
        Opening.OnTime => new ExecutionSnapshot(1, targets),
        Opening.Late late => new ExecutionSnapshot(2, targets, Note: late.Why),
        Opening.Overlapping overlapping => new ExecutionSnapshot(3, targets, PreviousExecutionId: overlapping.PreviousExecutionId),
        Opening.Missed => new ExecutionSnapshot(4, targets),
        _ => throw new UnreachableException(),
    };
}

/// <summary>What is known of an invocation, as <c>invocations.doc</c> keeps it.</summary>
/// <param name="Kind">1 waiting, 2 running, 3 refused, 4 ended, 5 cut off.</param>
/// <param name="SinceMs">When its command was accepted.</param>
/// <param name="AtMs">When it was refused, ended or cut off.</param>
/// <param name="Status">The ended command's status, by number.</param>
/// <param name="StatusDetails">The ended command's status details, by number.</param>
/// <param name="Cancel">1 not asked, 2 asked, 3 accepted, 4 refused.</param>
/// <param name="Details">The refusal's text, of the invocation or of the cancellation.</param>
public sealed record ProgressDoc(
    int Kind, long? SinceMs = null, long? AtMs = null, int? Status = null, int? StatusDetails = null, int? Nodes = null, int? Errors = null, int Cancel = 1,
    string? Details = null)
{
    public static ProgressDoc Of(InvocationProgress progress) => progress switch
    {
        InvocationProgress.Waiting => new ProgressDoc(1),
        InvocationProgress.Running r => new ProgressDoc(2, SinceMs: Ms(r.Since), Cancel: CancelNumber(r.Cancel), Details: CancelDetails(r.Cancel)),
        InvocationProgress.Refused r => new ProgressDoc(3, AtMs: Ms(r.At), Details: r.Details),
        InvocationProgress.Ended e => new ProgressDoc(
            4, Ms(e.Since), Ms(e.At), (int)e.Outcome.Status, (int)e.Outcome.Details, e.NodeCount, e.ErrorCount, CancelNumber(e.Cancel), CancelDetails(e.Cancel)),
        InvocationProgress.CutOff c => new ProgressDoc(5, AtMs: Ms(c.At)),
        _ => throw new UnreachableException(),
    };

    public InvocationProgress ToProgress() => Kind switch
    {
        1 => new InvocationProgress.Waiting(),
        2 => new InvocationProgress.Running(At(SinceMs), ToCancel()),
        3 => new InvocationProgress.Refused(At(AtMs), Details ?? ""),
        4 => new InvocationProgress.Ended(
            At(SinceMs), At(AtMs), new CommandStatusPair((CommandStatus)Status!, (CommandStatusDetails)StatusDetails!), Nodes!.Value, Errors!.Value, ToCancel()),
        5 => new InvocationProgress.CutOff(At(AtMs)),
        _ => throw new InvalidDataException($"An invocation has the unknown progress {Kind}."),
    };

    private CommandCancel ToCancel() => Cancel switch
    {
        1 => new CommandCancel.NotAsked(),
        2 => new CommandCancel.Asked(),
        3 => new CommandCancel.Accepted(),
        4 => new CommandCancel.Refused(Details ?? ""),
        _ => throw new InvalidDataException($"An invocation has the unknown cancellation {Cancel}."),
    };

    private static int CancelNumber(CommandCancel cancel) => cancel switch
    {
        CommandCancel.NotAsked => 1,
        CommandCancel.Asked => 2,
        CommandCancel.Accepted => 3,
        CommandCancel.Refused => 4,
        _ => throw new UnreachableException(),
    };

    private static string? CancelDetails(CommandCancel cancel) => cancel is CommandCancel.Refused refused ? refused.Details : null;

    private static long Ms(Instant instant) => instant.ToUnixTimeMilliseconds();

    private static Instant At(long? ms) => Instant.FromUnixTimeMilliseconds(ms!.Value);
}

/// <summary>From a stored task to what the state machine plans with.</summary>
public static class TaskPlan
{
    /// <summary>The selector key by which a task names its window's targets.</summary>
    public const string WindowTargetIds = "WindowTargetIds";

    /// <summary>
    /// One planned target for each registered target that the task names and that was there at the opening, in order of
    /// registration; one for nodes that the task names itself; one without a target for a task without targets.
    /// </summary>
    public static PlannedTask Of(string taskId, TaskDefinition task, IReadOnlyList<SnapshotTarget> targets)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(targets);
        WireNames.TryFromWire(task.TaskType, out TaskType type);
        var behavior = WireNames.TryFromWire(task.CutoffBehavior, out CutoffBehavior stored) ? stored : CutoffBehavior.ContinueTask;
        if (task.Targets.Count == 0)
        {
            return new PlannedTask(taskId, task.Priority, type, behavior, null, [PlannedTarget.None]);
        }

        var named = task.Targets.Where(t => t.Key == WindowTargetIds).SelectMany(t => t.Values).ToHashSet(StringComparer.Ordinal);
        var planned = ImmutableArray.CreateBuilder<PlannedTarget>();
        planned.AddRange(targets.Where(t => named.Contains(t.TargetId)).Select(t => new PlannedTarget(t.TargetId, t.Definition.OwnerInformation)));
        if (task.Targets.Any(t => t.Key != WindowTargetIds))
        {
            planned.Add(PlannedTarget.None);
        }

        return RateControl.TryParse(task.MaxConcurrency, task.MaxErrors, out var rate, out var fault)
            ? new PlannedTask(taskId, task.Priority, type, behavior, rate, planned.ToImmutable())
            : throw new InvalidDataException($"Task {taskId}: {fault}");
    }
}
