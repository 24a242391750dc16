using System.Collections.Immutable;
using System.Globalization;
using NodaTime;

namespace Casement.Executions.Tests;

/// <summary>
/// An execution told as text. Tasks: <c>A p0 x2 e1 cancel; B automation</c> (priority, targets, MaxErrors, cutoff
/// behaviour, type). Script, one word a second, deciding after each: <c>A0</c> starts the first invocation of A,
/// <c>A0!</c> refuses it, <c>A0=ok:1</c> ends its command with one error among ten nodes, <c>A0~</c> and <c>A0~!</c>
/// accept and refuse its cancellation; <c>queued</c>, <c>release</c>, <c>cancel</c>, <c>cutoff</c>. A word after
/// <c>-</c> is not followed by a decision.
/// </summary>
internal sealed class Story
{
    private static readonly Instant Opening = Instant.FromUtc(2026, 3, 7, 2, 0);

    private readonly ImmutableArray<string> names;

    private Story(string tasks, bool queued)
    {
        var specs = tasks.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        names = [.. specs.Select(spec => spec[..1])];
        Now = Opening;
        State = ExecutionState.Open("7c9e6679-7425-40de-944b-e07fc1f90ae7", "mw-0123456789abcdef0", Occurrence, Now,
            [.. specs.Select(Plan)], queued: queued);
        Decide();
    }

    public static Occurrence Occurrence { get; } =
        new(Opening, Opening + Duration.FromHours(1), Opening + Duration.FromHours(2));

    public ExecutionState State { get; private set; }

    public Instant Now { get; private set; }

    public ImmutableArray<Effect> Effects { get; private set; } = [];

    public Instant? WakeAt { get; private set; }

    public string Execution => Show(State.Status, State.Details);

    public string Tasks => string.Join(" | ", ByName().Select(
        task => $"{task.Name} {Show(task.State.Status, task.State.Details)}"));

    public string Invocations => string.Join(" | ", ByName().SelectMany(task => task.State.Invocations.Select(
        invocation => $"{task.Name}{invocation.Ordinal} {Show(invocation.Status, invocation.Details)}")));

    public static Story Tell(string tasks, string script)
    {
        var words = script.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var story = new Story(tasks, words.Contains("queued"));
        foreach (var word in words.Where(word => word != "queued"))
        {
            story.Hear(word);
        }

        return story;
    }

    public TaskState Task(string name) => ByName().Single(task => task.Name == name).State;

    private static string Show(ExecutionStatus status, string? details) =>
        details is null ? status.ToWire() : $"{status.ToWire()}: {details}";

    private static PlannedTask Plan(string spec)
    {
        var (priority, targets, errors) = (0, 1, "0");
        var (behavior, type, targetless) = (CutoffBehavior.ContinueTask, TaskType.RunCommand, false);
        foreach (var word in spec.Split(' ').Skip(1))
        {
            switch (word)
            {
                case "cancel": behavior = CutoffBehavior.CancelTask; break;
                case "automation": type = TaskType.Automation; break;
                case "lambda": type = TaskType.Lambda; break;
                case "step": type = TaskType.StepFunctions; break;
                case "targetless": targetless = true; break;
                case ['p', .. var number]: priority = int.Parse(number, CultureInfo.InvariantCulture); break;
                case ['x', .. var number]: targets = int.Parse(number, CultureInfo.InvariantCulture); break;
                case ['e', .. var amount]: errors = amount; break;
                default: throw new ArgumentException($"'{word}' is no word of a task.", nameof(spec));
            }
        }

        Assert.True(RateControl.TryParse("1", errors, out var rate, out var fault), fault);
        return targetless
            ? new PlannedTask($"task-{spec[..1]}", priority, type, behavior, null, [PlannedTarget.None])
            : new PlannedTask($"task-{spec[..1]}", priority, type, behavior, rate,
                [.. Enumerable.Range(0, targets).Select(n => new PlannedTarget($"target-{n}"))]);
    }

    private void Hear(string word)
    {
        var decides = !word.StartsWith('-');
        word = word.TrimStart('-');
        Now += Duration.FromSeconds(1);
        if (word == "cutoff")
        {
            Now = Occurrence.CutoffAt;
        }

        State = word switch
        {
            "cutoff" => State,
            "cancel" => State.WithCancelRequested(Now),
            "release" => State.WithReleased(),
            _ => Invocation(word),
        };
        if (decides)
        {
            Decide();
        }
    }

    private ExecutionState Invocation(string word)
    {
        var invocation = Task(word[..1]).Invocations[word[1] - '0'];
        var id = invocation.InvocationId;
        switch (word[2..])
        {
            case "":
                Assert.Contains(Effects, effect => effect is Effect.StartInvocation start && start.InvocationId == id);
                return State.WithInvocationStarted(id, Now);
            case "!":
                Assert.Contains(Effects, effect => effect is Effect.StartInvocation start && start.InvocationId == id);
                return State.WithInvocationRefused(id, StatusTexts.InvalidInstanceIds, Now);
            case "~":
                Assert.Contains(Effects, effect => effect is Effect.CancelCommand cancel && cancel.InvocationId == id);
                return State.WithCommandCancelAccepted(id);
            case "~!":
                Assert.Contains(Effects, effect => effect is Effect.CancelCommand cancel && cancel.InvocationId == id);
                return State.WithCommandCancelRefused(id, "User: x is not authorized.");
            case ['=', .. var end]:
                return End(id, end);
            default:
                throw new ArgumentException($"'{word}' is no word of a script.", nameof(word));
        }
    }

    private ExecutionState End(string id, string end)
    {
        var parts = end.Split(':');
        var errors = parts.Length == 1 ? 0 : int.Parse(parts[1], CultureInfo.InvariantCulture);
        var (status, details, nodes) = parts[0] switch
        {
            "ok" => (CommandStatus.Success, CommandStatusDetails.Success, 10),
            "none" => (CommandStatus.Success, CommandStatusDetails.NoInstancesInTag, 0),
            "fail" => (CommandStatus.Failed, CommandStatusDetails.Failed, 10),
            "incomplete" => (CommandStatus.Failed, CommandStatusDetails.Incomplete, 10),
            "dto" => (CommandStatus.TimedOut, CommandStatusDetails.DeliveryTimedOut, 10),
            "cancelled" => (CommandStatus.Cancelled, CommandStatusDetails.Cancelled, 10),
            _ => throw new ArgumentException($"'{end}' is no end of a command.", nameof(end)),
        };
        return State.WithCommandEnded(id, new CommandStatusPair(status, details), nodes, errors, Now);
    }

    private void Decide()
    {
        var decision = ExecutionMachine.Decide(State, Now);
        var again = ExecutionMachine.Decide(decision.Next, Now);
        Assert.Same(decision.Next, again.Next);
        Assert.Equal(decision.Effects, again.Effects);
        (State, Effects, WakeAt) = (decision.Next, decision.Effects, decision.WakeAt);
    }

    private IEnumerable<(string Name, TaskState State)> ByName() =>
        names.Select(name => (name, State.Tasks.Single(task => task.Plan.WindowTaskId == $"task-{name}")));
}
