using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>
/// A snapshot of one execution with all its tasks and invocations. What happens outside comes in through the
/// <c>With…</c> functions, which record facts; <see cref="ExecutionMachine.Decide"/> draws the conclusions.
/// A <c>With…</c> function returns the same object when the fact is already recorded or comes too late to matter.
/// </summary>
public sealed record ExecutionState
{
    /// <summary>The execution.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Its window, which may have been changed or deleted since.</summary>
    public required string WindowId { get; init; }

    /// <summary>The occurrence that it carries out.</summary>
    public required Occurrence Occurrence { get; init; }

    /// <summary>When the row was made: the opening, not the end of the wait for a quota.</summary>
    public required Instant StartedAt { get; init; }

    /// <summary>How the row came to be.</summary>
    public required Opening Opening { get; init; }

    /// <summary>Waits as PENDING because the account runs as many executions as its quota allows.</summary>
    public bool Queued { get; init; }

    /// <summary>The first request to cancel it.</summary>
    public Instant? CancelRequestedAt { get; init; }

    /// <summary>When it became final.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>As of the last <see cref="ExecutionMachine.Decide"/>.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>As of the last <see cref="ExecutionMachine.Decide"/>; at most 250 characters.</summary>
    public string? Details { get; init; }

    /// <summary>In order of running.</summary>
    public ImmutableArray<TaskState> Tasks { get; init; } = [];

    /// <summary>
    /// A new execution, PENDING with all its task executions. <paramref name="tasks"/> are in order of registration.
    /// </summary>
    public static ExecutionState Open(
        string executionId,
        string windowId,
        Occurrence occurrence,
        Instant now,
        ImmutableArray<PlannedTask> tasks,
        Opening? opening = null,
        bool queued = false)
    {
        // OrderBy is stable: equal priorities keep the order of registration.
        var ordered = tasks.OrderBy(task => task.Priority).Select((task, ordinal) => new TaskState
        {
            TaskExecutionId = DerivedId.For(executionId, ChildKind.TaskExecution, ordinal),
            Ordinal = ordinal,
            Plan = task,
        });
        return new ExecutionState
        {
            ExecutionId = executionId,
            WindowId = windowId,
            Occurrence = occurrence,
            StartedAt = now,
            Opening = opening ?? new Opening.OnTime(),
            Queued = queued,
            Status = ExecutionStatus.Pending,
            Details = opening?.Note,
            Tasks = [.. ordered],
        };
    }

    /// <summary>The final row of an occurrence during which <paramref name="previousExecutionId"/> was active.</summary>
    public static ExecutionState SkippedOverlapping(
        string executionId,
        string windowId,
        Occurrence occurrence,
        string previousExecutionId) =>
        NotOpened(executionId, windowId, occurrence, new Opening.Overlapping(previousExecutionId));

    /// <summary>The final row of an occurrence that the server slept through.</summary>
    public static ExecutionState Missed(string executionId, string windowId, Occurrence occurrence) =>
        NotOpened(executionId, windowId, occurrence, new Opening.Missed());

    /// <summary>Somebody asks to cancel it. Twice, or when it is final, changes nothing.</summary>
    public ExecutionState WithCancelRequested(Instant now) =>
        Status.IsFinal() || CancelRequestedAt is not null ? this : this with { CancelRequestedAt = now };

    /// <summary>The quota has room for it.</summary>
    public ExecutionState WithReleased() => Queued ? this with { Queued = false } : this;

    /// <summary>SendCommand accepted the command. Changes nothing unless the invocation still waits.</summary>
    public ExecutionState WithInvocationStarted(string invocationId, Instant now) =>
        WithProgress(invocationId, progress => progress is InvocationProgress.Waiting
            ? new InvocationProgress.Running(now, new CommandCancel.NotAsked())
            : progress);

    /// <summary>
    /// The invocation could not be started; <paramref name="details"/> are cut at 250 characters. Changes nothing
    /// unless the invocation still waits.
    /// </summary>
    public ExecutionState WithInvocationRefused(string invocationId, string details, Instant now) =>
        WithProgress(invocationId, progress => progress is InvocationProgress.Waiting
            ? new InvocationProgress.Refused(now, StatusTexts.Cut(details))
            : progress);

    /// <summary>The invocation's command became final. Changes nothing the second time.</summary>
    /// <param name="invocationId">The invocation.</param>
    /// <param name="outcome">The command's final status.</param>
    /// <param name="nodeCount">The command's TargetCount.</param>
    /// <param name="errorCount">The command's ErrorCount.</param>
    /// <param name="now">When it became final.</param>
    /// <exception cref="ArgumentException">The outcome is not final.</exception>
    /// <exception cref="InvalidOperationException">The invocation's command was never started.</exception>
    public ExecutionState WithCommandEnded(
        string invocationId,
        CommandStatusPair outcome,
        int nodeCount,
        int errorCount,
        Instant now)
    {
        if (!outcome.Status.IsFinal())
        {
            throw new ArgumentException($"{outcome.Status.ToWire()} is not a final command status.", nameof(outcome));
        }

        return WithProgress(invocationId, progress => progress switch
        {
            InvocationProgress.Running running => new InvocationProgress.Ended(
                running.Since, now, outcome, nodeCount, errorCount, running.Cancel),
            InvocationProgress.Ended => progress,
            _ => throw new InvalidOperationException($"Invocation {invocationId} has started no command."),
        });
    }

    /// <summary>CancelCommand was accepted at the cutoff. Changes nothing unless it was asked for.</summary>
    public ExecutionState WithCommandCancelAccepted(string invocationId) =>
        WithCancel(invocationId, new CommandCancel.Accepted());

    /// <summary>The role may not cancel the command; <paramref name="denial"/> is the full denial.</summary>
    public ExecutionState WithCommandCancelRefused(string invocationId, string denial) =>
        WithCancel(invocationId, new CommandCancel.Refused(StatusTexts.CancelRefused(denial)));

    private static ExecutionState NotOpened(
        string executionId,
        string windowId,
        Occurrence occurrence,
        Opening opening)
    {
        var row = new ExecutionState
        {
            ExecutionId = executionId,
            WindowId = windowId,
            Occurrence = occurrence,
            StartedAt = occurrence.At,
            EndedAt = occurrence.At,
            Opening = opening,
            Status = ExecutionStatus.Pending,
        };
        var (status, details) = StatusDerivation.Execution(row);
        return row with { Status = status, Details = details };
    }

    private ExecutionState WithCancel(string invocationId, CommandCancel cancel) =>
        WithProgress(invocationId, progress =>
            progress is InvocationProgress.Running { Cancel: CommandCancel.Asked } running
            ? running with { Cancel = cancel }
            : progress);

    private ExecutionState WithProgress(string invocationId, Func<InvocationProgress, InvocationProgress> change)
    {
        for (var t = 0; t < Tasks.Length; t++)
        {
            var task = Tasks[t];
            for (var i = 0; i < task.Invocations.Length; i++)
            {
                var invocation = task.Invocations[i];
                if (invocation.InvocationId != invocationId)
                {
                    continue;
                }

                var progress = change(invocation.Progress);
                return ReferenceEquals(progress, invocation.Progress)
                    ? this
                    : this with
                    {
                        Tasks = Tasks.SetItem(t, task with
                        {
                            Invocations = task.Invocations.SetItem(i, invocation with { Progress = progress }),
                        }),
                    };
            }
        }

        throw new ArgumentException(
            $"Execution {ExecutionId} has no invocation {invocationId}.", nameof(invocationId));
    }
}
