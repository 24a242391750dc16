using System.Collections.Immutable;
using Casement.Tests;
using NodaTime;

namespace Casement.Executions.Tests;

/// <summary>One random execution from its opening to its end, checked after every step.</summary>
internal sealed class SimulatedRun
{
    private const int Lively = 120;
    private const int Longest = 2000;

    private static readonly Instant Opening = Instant.FromUtc(2026, 3, 7, 2, 0);
    private static readonly Occurrence Occurrence =
        new(Opening, Opening + Duration.FromHours(1), Opening + Duration.FromHours(2));

    private readonly Dice dice;
    private readonly RunInvariants invariants = new();
    private readonly Dictionary<string, SimulatedCommand> commands = [];
    private readonly int paceSeconds;
    private readonly int cancelPercent;
    private ExecutionState state;
    private ImmutableArray<Effect> effects = [];
    private Instant now = Opening;

    public SimulatedRun(ulong seed)
    {
        dice = new Dice(seed);
        paceSeconds = dice.Of([1, 30, 120, 600]);
        cancelPercent = dice.Of([0, 0, 3]);
        state = ExecutionState.Open("execution", "mw-0123456789abcdef0", Occurrence, now,
            [.. Enumerable.Range(0, dice.Next(5)).Select(Plan)], queued: dice.Percent(15));
    }

    public ExecutionState State => state;

    public IReadOnlyDictionary<string, SimulatedCommand> Commands => commands;

    public IEnumerable<string> Reached => invariants.Reached;

    public void Run()
    {
        Decide();
        for (var step = 0; !state.Status.IsFinal(); step++)
        {
            Assert.InRange(step, 0, Longest);
            var isLively = step < Lively;
            now += Duration.FromMilliseconds(dice.Next(paceSeconds * 1000));
            if (!isLively && state.Queued)
            {
                now = Instant.Max(now, Occurrence.CutoffAt);
            }

            Happen(isLively);
            if (!isLively || dice.Percent(70))
            {
                Decide();
            }
        }

        Assert.All(commands.Values, command => Assert.True(command.IsFinal));
        Assert.All(state.Tasks, task => Assert.True(task.Status.IsFinal()));
    }

    private PlannedTask Plan(int index)
    {
        var type = dice.Percent(8)
            ? dice.Of([TaskType.Automation, TaskType.Lambda, TaskType.StepFunctions])
            : TaskType.RunCommand;
        var behavior = dice.Percent(50) ? CutoffBehavior.CancelTask : CutoffBehavior.ContinueTask;
        if (dice.Percent(5))
        {
            return new PlannedTask($"task-{index}", dice.Next(3), type, behavior, null, [PlannedTarget.None]);
        }

        Assert.True(RateControl.TryParse(
            dice.Of(["1", "2", "3", "50", "10%", "50%", "100%"]),
            dice.Of(["0", "1", "2", "0%", "25%", "100%"]),
            out var rate,
            out _));
        return new PlannedTask($"task-{index}", dice.Next(3), type, behavior, rate,
            [.. Enumerable.Range(0, dice.Next(5)).Select(n => new PlannedTarget($"target-{n}"))]);
    }

    private void Happen(bool isLively)
    {
        if (isLively && dice.Percent(cancelPercent))
        {
            state = state.WithCancelRequested(now);
        }

        if (isLively && state.Queued && dice.Percent(20))
        {
            state = state.WithReleased();
        }

        foreach (var effect in effects)
        {
            // An effect that is not performed is a crash between two commits: the next decision repeats it.
            if (!isLively || dice.Percent(60))
            {
                Perform(effect);
            }
        }

        foreach (var task in state.Tasks)
        {
            foreach (var invocation in task.Invocations)
            {
                if (invocation is { Progress: InvocationProgress.Running, CommandId: { } id }
                    && (!isLively || dice.Percent(70)))
                {
                    Work(invocation.InvocationId, commands[id], isLively);
                }
            }
        }
    }

    private void Perform(Effect effect)
    {
        switch (effect)
        {
            case Effect.StartInvocation start:
                Start(start);
                break;
            case Effect.CancelCommand cancel when Invocation(cancel.InvocationId).Progress is InvocationProgress.Running:
                if (dice.Percent(15))
                {
                    state = state.WithCommandCancelRefused(cancel.InvocationId, "User: role is not authorized.");
                    break;
                }

                state = state.WithCommandCancelAccepted(cancel.InvocationId);
                commands[cancel.CommandId].Cancel();
                Report(cancel.InvocationId, commands[cancel.CommandId]);
                break;
            default:
                break;
        }
    }

    private void Start(Effect.StartInvocation start)
    {
        if (Invocation(start.InvocationId).Progress is not InvocationProgress.Waiting)
        {
            return;
        }

        if (dice.Percent(8))
        {
            state = state.WithInvocationRefused(start.InvocationId, StatusTexts.InvalidInstanceIds, now);
            return;
        }

        var task = state.Tasks.Single(task => task.TaskExecutionId == start.TaskExecutionId);
        var command = new SimulatedCommand(dice.Next(8), task.Plan.RateControl ?? RateControl.CommandDefault);
        commands.Add(start.CommandId, command);
        state = state.WithInvocationStarted(start.InvocationId, now);
        Report(start.InvocationId, command);
    }

    private void Work(string invocationId, SimulatedCommand command, bool isLively)
    {
        if (isLively && dice.Next(400) == 0)
        {
            command.Cancel();
        }

        for (var replies = 1 + dice.Next(4); replies > 0 && !command.IsFinal; replies--)
        {
            var unacknowledged = command.At(CommandStage.Unacknowledged);
            var acknowledged = command.At(CommandStage.Acknowledged);
            if (unacknowledged.Count > 0 && (acknowledged.Count == 0 || dice.Percent(50)))
            {
                Deliver(command, dice.Of(unacknowledged));
            }
            else
            {
                command.End(dice.Of(acknowledged), Outcome(command));
            }
        }

        Report(invocationId, command);
    }

    private void Deliver(SimulatedCommand command, int node)
    {
        if (dice.Percent(93))
        {
            command.Acknowledge(node);
            return;
        }

        command.End(node, command.Progress.CancelRequested
            ? CommandInvocationOutcome.Cancelled
            : dice.Of([
                CommandInvocationOutcome.DeliveryTimedOut,
                CommandInvocationOutcome.Undeliverable,
                CommandInvocationOutcome.InvalidPlatform,
                CommandInvocationOutcome.AccessDenied,
            ]));
    }

    private CommandInvocationOutcome Outcome(SimulatedCommand command) => dice.Next(100) switch
    {
        < 60 when command.Progress.CancelRequested => CommandInvocationOutcome.Cancelled,
        < 85 => CommandInvocationOutcome.Success,
        < 95 => CommandInvocationOutcome.Failed,
        _ => CommandInvocationOutcome.ExecutionTimedOut,
    };

    private void Report(string invocationId, SimulatedCommand command)
    {
        if (command.IsFinal)
        {
            state = state.WithCommandEnded(
                invocationId, command.Status, command.Outcomes.Count, command.Errors, now);
        }
    }

    private InvocationState Invocation(string id) =>
        state.Tasks.SelectMany(task => task.Invocations).Single(invocation => invocation.InvocationId == id);

    private void Decide()
    {
        var before = state;
        var decision = ExecutionMachine.Decide(state, now);
        var again = ExecutionMachine.Decide(decision.Next, now);
        Assert.Same(decision.Next, again.Next);
        Assert.Equal(decision.Effects, again.Effects);
        invariants.Check(before, decision, now);
        (state, effects) = (decision.Next, decision.Effects);
    }
}
