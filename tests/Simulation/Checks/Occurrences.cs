using Casement.Simulation.Tests.Machinery;
using Casement.Simulation.Tests.World;
using NodaTime;

namespace Casement.Simulation.Tests.Checks;

/// <summary>
/// The second opinion, in the manner of Jepsen's test of Chronos: from what windows said at which time, and from the executions that
/// there are, and from nothing else. Each occurrence that was to be has exactly one execution, or one row that says with reason why it
/// did not run; and there is no execution that was not to be.
/// </summary>
internal sealed class Occurrences
{
    private readonly Dictionary<(string, string, int), Timetable> _timetables = [];
    private readonly Dictionary<string, List<Term>> _terms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WindowSnap> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Window, long AtMs), string> _executed = [];
    private readonly List<(ExecutionSnap Row, long SeenMs)> _rows = [];
    private readonly List<(ExecutionSnap Row, long SeenMs)> _fresh = [];

    /// <summary>When windows say that they open next.</summary>
    public IEnumerable<long> NextOpenings => _windows.Values.Select(w => w.NextMs).OfType<long>();

    public void Knows(Timetable timetable) =>
        _timetables[(timetable.Text, timetable.EveryMinutes is null ? timetable.Zone : "UTC", timetable.Offset)] = timetable;

    /// <summary>The server's clock as a commit saw it.</summary>
    public void ClockShows(long nowMs)
    {
        foreach (var terms in _terms.Values)
        {
            terms[^1].LatestMs = Math.Max(terms[^1].LatestMs, terms[^1].Ended ? 0 : nowMs);
        }
    }

    public void Executed(ExecutionSnap row, long nowMs)
    {
        Violation.Unless(
            _executed.TryAdd((row.WindowId, row.OccurrenceMs), row.Id), "one execution per (window, cause)",
            $"the occurrence {Show(row.OccurrenceMs)} of {row.WindowId} has {row.Id} and {_executed[(row.WindowId, row.OccurrenceMs)]}");
        Violation.Unless(row.Cause == $"schedule:{row.OccurrenceMs}", "one execution per (window, cause)", $"the cause of {row.Id} is {row.Cause}, its instant {row.OccurrenceMs}");
        _fresh.Add((row, nowMs));
        _rows.Add((row, nowMs));
    }

    /// <summary>
    /// The clock was ahead when the row was made, and now its instant has not come yet. What held before the present terms is not
    /// lived through again.
    /// </summary>
    public void Withdrawn(ExecutionSnap row, long nowMs)
    {
        _executed.Remove((row.WindowId, row.OccurrenceMs));
        _rows.RemoveAll(r => r.Row.Id == row.Id);
        foreach (var term in _terms[row.WindowId].SkipLast(1))
        {
            term.SetBackTo(nowMs);
        }
    }

    /// <summary>A window's row after a commit; null when it was deleted.</summary>
    public void Window(string id, WindowSnap? after, long nowMs)
    {
        var before = _windows.GetValueOrDefault(id);
        if (after is null)
        {
            if (before is not null && _terms.TryGetValue(id, out var ended))
            {
                // what was due and had not opened went with the window
                ended[^1].End(Math.Min(nowMs, (before.NextMs ?? long.MaxValue) - 1), nowMs);
                _windows.Remove(id);
            }

            return;
        }

        _windows[id] = after;
        if (before is not null && before.SchedulesAs(after))
        {
            return;
        }

        if (!_terms.TryGetValue(id, out var terms))
        {
            _terms[id] = terms = [];
        }

        // a clock that was set back takes the instant from which a schedule counts with it; nobody changed the window then
        var changedMs = before is null ? after.ScheduleSetMs : before.ModifiedMs == after.ModifiedMs ? nowMs : after.ModifiedMs;
        if (terms.Count > 0)
        {
            terms[^1].End(changedMs, nowMs);
        }

        terms.Add(new Term(after, changedMs) { LatestMs = nowMs });
    }

    /// <summary>Judges what a commit has opened or not opened, now that all its rows are known.</summary>
    public void CommitIsOver()
    {
        foreach (var (row, seenMs) in _fresh)
        {
            if (row.Opened)
            {
                Violation.Unless(
                    row.StartMs >= row.OccurrenceMs && row.StartMs < row.CutoffMs, "nothing starts after the cutoff",
                    $"the occurrence {Show(row.OccurrenceMs)} of {row.WindowId} opened at {Show(row.StartMs!.Value)}, its cutoff was {Show(row.CutoffMs)}");
            }
            else if (row.WasMissed)
            {
                var later = _executed.Keys.Any(k => k.Window == row.WindowId && k.AtMs > row.OccurrenceMs && k.AtMs <= seenMs);
                Violation.Unless(
                    row.CutoffMs <= seenMs || later, "each occurrence is executed or explained",
                    $"{row.Id} says that the occurrence {Show(row.OccurrenceMs)} was missed, but its cutoff is ahead and no later one took its place");
            }
            else
            {
                var busy = _rows.Any(r => r.Row.WindowId == row.WindowId && row.Details!.Contains(r.Row.Id, StringComparison.Ordinal));
                Violation.Unless(busy, "each occurrence is executed or explained", $"{row.Id} was skipped for an execution that is none of its window: {row.Details}");
            }
        }

        _fresh.Clear();
    }

    public void Finish(IEnumerable<ExecutionSnap> executions)
    {
        var byWindow = executions.ToLookup(e => e.WindowId);
        foreach (var (window, terms) in _terms)
        {
            Dictionary<long, bool> expected = [];
            foreach (var term in terms)
            {
                foreach (var atMs in term.Enabled ? Walk(term) : [])
                {
                    var must = atMs > term.FromMs && atMs <= term.UntilMs;
                    expected[atMs] = must || expected.GetValueOrDefault(atMs);
                }
            }

            foreach (var row in byWindow[window])
            {
                Violation.Unless(
                    expected.Remove(row.OccurrenceMs), "no execution that was not expected", $"{row.Id} of {window} is for {Show(row.OccurrenceMs)}, when nothing was to open");
            }

            var lost = expected.Where(e => e.Value).Select(e => Show(e.Key)).Order(StringComparer.Ordinal).ToList();
            Violation.Unless(lost.Count == 0, "each occurrence is executed or explained", $"window {window} has no row for {string.Join(", ", lost)}; terms: {string.Join("; ", terms)}");
        }
    }

    /// <summary>
    /// Every instant at which the window was to open while these terms held: a walk over local minutes, each mapped by the two rules for
    /// minutes that clocks skip or repeat.
    /// </summary>
    private List<long> Walk(Term term)
    {
        var timetable = _timetables[(term.Schedule, term.Zone, term.Offset)];
        var lastMs = Math.Max(term.LatestMs, term.UntilMs == long.MaxValue ? 0 : term.UntilMs);
        if (timetable.EveryMinutes is { } minutes)
        {
            List<long> instants = [];
            for (var at = term.AnchorMs + (minutes * 60_000L); at <= lastMs; at += minutes * 60_000L)
            {
                instants.Add(at);
            }

            return instants;
        }

        var zone = DateTimeZoneProviders.Tzdb[timetable.Zone];
        var from = Instant.FromUnixTimeMilliseconds(term.AnchorMs);
        var to = Instant.FromUnixTimeMilliseconds(lastMs);
        return [.. Locals(timetable, zone, from, to).Select(l => Resolve(l, zone).ToUnixTimeMilliseconds()).Where(ms => ms > term.AnchorMs && ms <= lastMs).Distinct()];
    }

    private static IEnumerable<LocalDateTime> Locals(Timetable timetable, DateTimeZone zone, Instant from, Instant to)
    {
        if (timetable.Once is { } once)
        {
            yield return once;
            yield break;
        }

        for (var date = from.InZone(zone).Date.PlusDays(-1); date <= to.InZone(zone).Date.PlusDays(1); date = date.PlusDays(1))
        {
            if (timetable.Day is { } day && date.DayOfWeek != day)
            {
                continue;
            }

            for (var minute = 0; minute < 24 * 60; minute++)
            {
                if (!timetable.Hours.Contains(minute / 60) || !timetable.Minutes.Contains(minute % 60))
                {
                    continue;
                }

                // an offset counts from dates that come after the schedule was set
                var given = date + new LocalTime(minute / 60, minute % 60);
                if (timetable.Offset == 0 || Resolve(given, zone) > from)
                {
                    yield return given.PlusDays(timetable.Offset);
                }
            }
        }
    }

    private static Instant Resolve(LocalDateTime local, DateTimeZone zone)
    {
        var mapping = zone.MapLocal(local);
        return mapping.Count == 0 ? mapping.EarlyInterval.End : mapping.First().ToInstant();
    }

    private static string Show(long ms) => Instant.FromUnixTimeMilliseconds(ms).ToString();

    /// <summary>How a window was scheduled for a while.</summary>
    /// <param name="fromMs">What is later than this is to be opened under these terms.</param>
    private sealed class Term(WindowSnap window, long fromMs)
    {
        public string Schedule => window.Schedule;

        public string Zone => window.Zone;

        public int Offset => window.Offset;

        public bool Enabled => window.Enabled;

        public long AnchorMs => window.ScheduleSetMs;

        public long FromMs => fromMs;

        /// <summary>What is not later than this has to have opened.</summary>
        public long UntilMs { get; private set; } = long.MaxValue;

        /// <summary>The latest that the server's clock showed meanwhile: until then it may have opened.</summary>
        public long LatestMs { get; set; }

        public bool Ended { get; private set; }

        public void End(long untilMs, long nowMs) => (UntilMs, LatestMs, Ended) = (untilMs, Math.Max(LatestMs, nowMs), true);

        public void SetBackTo(long nowMs) => UntilMs = Math.Min(UntilMs, nowMs);

        public override string ToString() => $"{Schedule} in {Zone} +{Offset} enabled {Enabled}, set {Show(AnchorMs)}, from {Show(FromMs)} until {(Ended ? Show(UntilMs) : "the end")}";
    }
}
