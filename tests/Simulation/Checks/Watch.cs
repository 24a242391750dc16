using Casement.Simulation.Tests.Machinery;
using Casement.Simulation.Tests.World;

namespace Casement.Simulation.Tests.Checks;

/// <summary>
/// Looks at the rows after each commit: at whatever it touched, beside how that was before. Between commits no row changes, so that
/// nothing goes by unseen.
/// </summary>
internal sealed class Watch(string file, WrongClock clock, History history) : IDisposable
{
    // a clock that was set back by less is waited for
    private const long WaitedForMs = 30_000;
    private readonly Rows _rows = new(file);
    private readonly Dictionary<string, ExecutionSnap> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CommandSnap> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _byInvocation = new(StringComparer.Ordinal);
    private readonly Occurrences _occurrences = new();
    private readonly Dictionary<string, int> _setBacksBefore = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _openExecutions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _openCommands = new(StringComparer.Ordinal);

    /// <summary>How many may work at once; null without a quota.</summary>
    public int? Quota { get; init; }

    public bool NothingIsOpen => _openExecutions.Count == 0 && _openCommands.Count == 0;

    public IReadOnlyCollection<ExecutionSnap> Executions => _executions.Values;

    public IReadOnlyCollection<CommandSnap> Commands => _commands.Values;

    /// <summary>The next cutoff or opening by the server's clock; null when none is ahead.</summary>
    public long? NextMarkMs
    {
        get
        {
            var marks = _openExecutions.Select(id => _executions[id].CutoffMs).Concat(_occurrences.NextOpenings).Where(ms => ms > clock.NowMs);
            return marks.Cast<long?>().Min();
        }
    }

    public string Open() => string.Join(", ", _openExecutions.Select(id => $"execution {_executions[id]}").Concat(_openCommands.Select(id => $"command {_commands[id]}")));

    public void Knows(Timetable timetable) => _occurrences.Knows(timetable);

    public void Look()
    {
        var touched = _rows.Touched();
        if (touched.Count == 0)
        {
            return;
        }

        _occurrences.ClockShows(clock.NowMs);
        foreach (var (_, id) in touched.Where(t => t.Kind == "command"))
        {
            Command(id);
        }

        foreach (var (_, id) in touched.Where(t => t.Kind == "execution"))
        {
            Execution(id);
        }

        foreach (var (_, id) in touched.Where(t => t.Kind == "execution"))
        {
            Together(id);
        }

        foreach (var (_, id) in touched.Where(t => t.Kind == "window"))
        {
            _occurrences.Window(id, _rows.Window(id), clock.NowMs);
        }

        _occurrences.CommitIsOver();
        var working = _openExecutions.Count(id => !_executions[id].Queued);
        Violation.Unless(Quota is null || working <= Quota, "quota", $"{working} executions work at once, allowed are {Quota}");
    }

    /// <summary>What can only be said when all is over.</summary>
    public void Finish()
    {
        _occurrences.Finish(_executions.Values);
        foreach (var command in _commands.Values)
        {
            Violation.Unless(
                command.InvocationId is null || _executions.Values.SelectMany(e => e.Tasks).SelectMany(t => t.Invocations).Any(i => i.Id == command.InvocationId && i.HasCommand),
                "one command per invocation", $"command {command.Id} belongs to an invocation that never started it");
        }

        using var database = Casement.Storage.Database.OpenStepped(new Casement.Storage.DatabaseOptions(file, Durable: false), _ => { });
        var broken = database.Read(Casement.Storage.AuditTrail.FirstBroken);
        Violation.Unless(broken is null, "the audit chain verifies", $"row {broken} does not fit");
    }

    public List<string> WindowIds() => _rows.Texts("SELECT window_id FROM windows ORDER BY seq");

    public List<string> EnabledWindows() => _rows.Texts("SELECT window_id FROM windows WHERE enabled=1 ORDER BY seq");

    public List<string> Targets(string windowId) => _rows.Texts("SELECT target_id FROM window_targets WHERE window_id=$1 ORDER BY seq", windowId);

    public List<string> Tasks(string windowId) => _rows.Texts("SELECT task_id FROM window_tasks WHERE window_id=$1 ORDER BY seq", windowId);

    public List<string> OpenExecutions() => [.. _openExecutions];

    public List<string> OpenCommands() => [.. _openCommands];

    private void Command(string id)
    {
        var before = _commands.GetValueOrDefault(id);
        var after = _rows.Command(id) ?? throw new Violation("nothing is lost", $"command {id} is gone");
        if (before?.Status != after.Status)
        {
            history.Say($"command {id}: {after.Status}/{after.Details}");
        }

        CommandChecks.Check(before, after);
        _commands[id] = after;
        Keep(_openCommands, id, !after.Final);
        if (before is null && after.InvocationId is { } invocation)
        {
            Violation.Unless(_byInvocation.TryAdd(invocation, id), "one command per invocation", $"invocation {invocation} has commands {id} and {_byInvocation[invocation]}");
        }
    }

    private void Execution(string id)
    {
        var before = _executions.GetValueOrDefault(id);
        var after = _rows.Execution(id);
        if (after is null)
        {
            Violation.Unless(
                before is { Opened: false } && before.OccurrenceMs > clock.NowMs, "nothing is lost", $"execution {id} is gone, though its instant has come: {before}");
            history.Say($"execution {id} is withdrawn");
            _occurrences.Withdrawn(before!, clock.NowMs);
            _executions.Remove(id);
            return;
        }

        if (before is not null && before.CutoffMs != after.CutoffMs)
        {
            Violation.Unless(after.CutoffMs < before.CutoffMs && clock.WasSetBack, "nothing starts after the cutoff", $"the cutoff moved: {before} became {after}");
        }

        _setBacksBefore.TryAdd(id, clock.SetBacks);
        if (before?.Status != after.Status)
        {
            history.Say($"execution {id} of {after.WindowId}: {after.Status} {after.Details}");
        }

        ExecutionChecks.Check(before, after, c => _commands.GetValueOrDefault(c), clock.NowMs, clock.WasSetBack ? WaitedForMs : 0, wasMoved: _setBacksBefore[id] != clock.SetBacks);
        if (before is null)
        {
            _occurrences.Executed(after, clock.NowMs);
        }

        _executions[id] = after;
        Keep(_openExecutions, id, !after.Final);
    }

    /// <summary>Two executions of a window never work at the same time.</summary>
    private void Together(string touched)
    {
        if (!_executions.TryGetValue(touched, out var execution) || execution.Final)
        {
            return;
        }

        var other = _openExecutions.FirstOrDefault(id => id != execution.Id && _executions[id].WindowId == execution.WindowId);
        Violation.Unless(other is null, "one execution of a window at a time", $"{execution.Id} and {other} of {execution.WindowId} are both open");
    }

    private static void Keep(SortedSet<string> set, string id, bool isIn)
    {
        if (isIn)
        {
            set.Add(id);
        }
        else
        {
            set.Remove(id);
        }
    }

    public void Dispose() => _rows.Dispose();
}
