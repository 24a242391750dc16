using System.Globalization;
using Casement.Executions;
using Casement.Schedules;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using NodaTime;
using Occurrence = Casement.Executions.Occurrence;
using Opening = Casement.Executions.Opening;

namespace Casement.Server.Engine;

/// <summary>
/// Opens what is due: one execution for each window and cause, with a snapshot of its tasks and targets, and the window's next
/// instant, in one commit. Whoever comes second finds the row there.
/// </summary>
internal static class WindowOpenings
{
    /// <summary>How many windows one commit opens at most, when it reads them too.</summary>
    public const int ChunkMax = 500;

    /// <summary>
    /// How many windows one commit opens at most that were read before. Each commit writes every page of the indexes anew that it touched, which
    /// are nearly all of them, whatever its size.
    /// </summary>
    public const int ReadMax = 5000;

    // an opening within this of its instant needs no explanation
    private static readonly Duration Punctual = Duration.FromSeconds(5);

    private static readonly Duration AfterFault = Duration.FromMinutes(1);

    private const string WasDown = "Casement was not running, or could not write, at the scheduled instant.";

    /// <summary>
    /// Opens up to <see cref="ChunkMax"/> due windows inside a unit of work; answers the executions to look at, whether more may be
    /// due, and which windows failed. Those are undone, each for itself, and tried again later: they hold up no other.
    /// </summary>
    public static (List<string> Opened, bool More, List<(string WindowId, Exception Why)> Failed) OpenDue(Tx tx, Backstage backstage, Instant now)
    {
        var opened = new List<string>();
        var failed = new List<(string WindowId, Exception Why)>();
        var due = Storage.Windows.Due(tx, now.ToUnixTimeMilliseconds(), ChunkMax);
        if (due.Count > 0)
        {
            ClockMarks.MoveOn(tx, now.ToUnixTimeMilliseconds());
        }

        foreach (var (scope, windowId) in due)
        {
            List<string> ids = [];
            var fault = tx.Attempt(() => ids.AddRange(OpenWindow(tx, backstage, scope, Storage.Windows.Find(tx, scope, windowId)!, now)));
            if (fault is null)
            {
                opened.AddRange(ids);
            }
            else
            {
                Storage.Windows.Hold(tx, scope, windowId, (now + AfterFault).ToUnixTimeMilliseconds());
                failed.Add((windowId, fault));
            }
        }

        return (Written(opened), due.Count == ChunkMax, failed);
    }

    private static List<string> Written(List<string> opened)
    {
        CrashPoint.PassIf(opened.Count > 0, CrashPoint.OpeningInUnit);
        return opened;
    }

    /// <summary>
    /// To be called in the unit of work that changes when a window opens: what came due under the terms before, and has not been
    /// opened yet, opens now or gets its row. Else a change made in the moment after an instant, or before the first look after a
    /// start, would swallow it without a word.
    /// </summary>
    /// <param name="before">The window as read before the change.</param>
    public static void SettleBeforeChange(Tx tx, Backstage backstage, Scope scope, WindowRow before, Instant now)
    {
        if (before.NextMs is not { } nextMs || nextMs > now.ToUnixTimeMilliseconds())
        {
            return;
        }

        // terms that cannot be opened must not keep anybody from changing them
        List<string> opened = [];
        tx.Attempt(() => opened.AddRange(OpenWindow(tx, backstage, scope, before, now)));
        opened.ForEach(id => tx.AfterCommit(() => backstage.Bells.ExecutionChanged(scope, id)));
    }

    /// <summary>
    /// Reads the due windows after a place in the order of openings and works out what becomes of them, beside the writer. Left out are those with
    /// more to say than one opening: they are <see cref="OpenDue"/>'s.
    /// </summary>
    /// <returns>What can be opened, and the place of the last window that was looked at; null when there are no more.</returns>
    public static (List<DueWindow> Ready, (long NextMs, long Seq)? Last) ReadDue(Tx tx, Backstage backstage, (long NextMs, long Seq) after, Instant now)
    {
        var ready = new List<DueWindow>();
        var rows = Storage.Windows.DueRows(tx, now.ToUnixTimeMilliseconds(), after.NextMs, after.Seq, ReadMax);
        var last = rows.Count < ReadMax ? default((long, long)?) : (rows[^1].NextMs, rows[^1].Seq);

        // rows that are written in the order of their indexes find the pages at hand
        rows.Sort((a, b) => string.CompareOrdinal(a.Window?.WindowId, b.Window?.WindowId));
        List<string> ids = [.. rows.Select(_ => Ids.Uuid()).Order(StringComparer.Ordinal)];
        foreach (var (index, (scope, window, _, _)) in rows.Index())
        {
            try
            {
                if (window is not null && PlanOnly(tx, backstage, scope, window, now, ids[index]) is { } due)
                {
                    ready.Add(due);
                }
            }
            catch (Exception)
            {
                // whatever it is, OpenDue meets it again in a part of its own, and says it
            }
        }

        return (ready, last);
    }

    private static DueWindow? PlanOnly(Tx tx, Backstage backstage, Scope scope, WindowRow window, Instant now, string executionId) =>
        WindowTimes.TryOf(window, backstage.Zones) is { } schedule
        && MissedOccurrences.Decide(Passed(schedule, window, now), now) is { OpensLate: { } occurrence, Rows.IsEmpty: true, Unrecorded: 0 }
            ? new DueWindow(window, schedule.Next(now)?.Instant.ToUnixTimeMilliseconds(), Plan(tx, scope, window, occurrence, now, executionId, queued: false))
            : null;

    /// <summary>
    /// Opens windows that were read before, each only if it is still as it was read and has no execution at work; answers the executions. When one
    /// throws, none is opened.
    /// </summary>
    public static List<string> OpenRead(Tx tx, IReadOnlyList<DueWindow> ready, Instant now)
    {
        var opened = new List<string>();
        ClockMarks.MoveOn(tx, now.ToUnixTimeMilliseconds());
        var fault = tx.Attempt(() =>
        {
            foreach (var due in ready)
            {
                if (Storage.Windows.TrySetNext(tx, due.Window, due.NextMs) && Storage.Executions.TryInsert(tx, due.Execution))
                {
                    opened.Add(due.Execution.State.ExecutionId);
                }
            }
        });
        return Written(fault is null ? opened : []);
    }

    private static IEnumerable<Occurrence> Passed(WindowSchedule schedule, WindowRow window, Instant now) =>
        schedule.Between(Instant.FromUnixTimeMilliseconds(window.NextMs!.Value), now + Duration.FromMilliseconds(1)).Select(o => At(o.Instant, window.Definition));

    private static IEnumerable<string> OpenWindow(Tx tx, Backstage backstage, Scope scope, WindowRow window, Instant now)
    {
        var schedule = WindowTimes.TryOf(window, backstage.Zones);
        if (schedule is null)
        {
            // its zone is gone from the zone data: shown as such, not opened
            Storage.Windows.SetNext(tx, scope, window.WindowId, null);
            return [];
        }

        var decided = MissedOccurrences.Decide(Passed(schedule, window, now), now);
        Storage.Windows.SetNext(tx, scope, window.WindowId, schedule.Next(now)?.Instant.ToUnixTimeMilliseconds());
        foreach (var missed in decided.Rows)
        {
            var state = ExecutionState.Missed(Ids.Uuid(), window.WindowId, missed);
            Storage.Executions.TryInsert(tx, NotOpened(scope, state));
        }

        if (decided.Unrecorded > 0)
        {
            AuditTrail.Append(tx, Unrecorded(scope, window, decided.Unrecorded, now));
        }

        return decided.OpensLate is { } occurrence && Open(tx, backstage, scope, window, occurrence, now) is { } id ? [id] : [];
    }

    private static string? Open(Tx tx, Backstage backstage, Scope scope, WindowRow window, Occurrence occurrence, Instant now)
    {
        var executionId = Ids.Uuid();
        if (Storage.Executions.Active(tx, scope, window.WindowId) is { } previous)
        {
            var skipped = ExecutionState.SkippedOverlapping(executionId, window.WindowId, occurrence, previous);
            Storage.Executions.TryInsert(tx, NotOpened(scope, skipped));
            return null;
        }

        var queued = backstage.Quotas.Executions is { } limit && Storage.Executions.Load(tx, scope) is var load
            && ExecutionQuota.MustWait(load.Active, load.Waiting.Count, limit);
        return Storage.Executions.TryInsert(tx, Plan(tx, scope, window, occurrence, now, executionId, queued)) ? executionId : null;
    }

    /// <summary>An execution with the window's tasks and targets as they stand.</summary>
    private static NewExecution Plan(
        Tx tx, Scope scope, WindowRow window, Occurrence occurrence, Instant now, string executionId, bool queued)
    {
        List<SnapshotTarget> targets = [.. WindowTargets.Of(tx, scope, window.WindowId).Select(t => new SnapshotTarget(t.TargetId, t.Definition))];
        var tasks = WindowTasks.Of(tx, scope, window.WindowId);
        var late = now - occurrence.At;
        Opening opening = late > Punctual ? Opening.Late.By(late, WasDown) : new Opening.OnTime();
        var state = ExecutionState.Open(
            executionId, window.WindowId, occurrence, now, [.. tasks.Select(t => TaskPlan.Of(t.TaskId, t.Definition, targets))], opening, queued);
        var byTask = tasks.ToDictionary(t => t.TaskId, t => t.Definition, StringComparer.Ordinal);
        var definitions = state.Tasks.ToDictionary(t => t.TaskExecutionId, t => byTask[t.Plan.WindowTaskId], StringComparer.Ordinal);
        return NewExecution.Of(scope, state, Cause(occurrence), ExecutionSnapshot.Of(opening, targets), definitions, now.ToUnixTimeMilliseconds());
    }

    private static NewExecution NotOpened(Scope scope, ExecutionState state) => NewExecution.Of(
        scope, state, Cause(state.Occurrence), ExecutionSnapshot.Of(state.Opening, []), new Dictionary<string, TaskDefinition>(), null);

    private static Occurrence At(Instant instant, WindowDefinition definition) => new(
        instant, instant + Duration.FromHours(definition.Duration - definition.Cutoff), instant + Duration.FromHours(definition.Duration));

    private static string Cause(Occurrence occurrence) =>
        string.Create(CultureInfo.InvariantCulture, $"schedule:{occurrence.At.ToUnixTimeMilliseconds()}");

    private static AuditEntry Unrecorded(Scope scope, WindowRow window, long count, Instant now) => new(
        now.ToUnixTimeMilliseconds(), scope, "casement", "casement:MissOccurrences", WindowRules.Arn(scope, window.WindowId), "allow", null, Ids.Uuid(), null,
        string.Create(CultureInfo.InvariantCulture, $$"""{"missed":{{count}}}"""));
}

/// <summary>A due window as it was read, with its next opening and the execution that it opens now.</summary>
internal sealed record DueWindow(WindowRow Window, long? NextMs, NewExecution Execution);
