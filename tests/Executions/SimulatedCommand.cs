namespace Casement.Executions.Tests;

/// <summary>A command with every node spelled out, driven through the machine that only counts.</summary>
internal sealed class SimulatedCommand
{
    private readonly CommandStage?[] stages;
    private readonly CommandInvocationOutcome?[] outcomes;
    private readonly int maxConcurrency;
    private int sent;
    private CommandStatusPair status;

    public SimulatedCommand(int nodes, RateControl rate)
    {
        stages = new CommandStage?[nodes];
        outcomes = new CommandInvocationOutcome?[nodes];
        Array.Fill(stages, CommandStage.Unsent);
        maxConcurrency = rate.MaxConcurrency is Amount.Percent percent
            ? Math.Max(1, nodes * percent.Value / 100)
            : ((Amount.Count)rate.MaxConcurrency).Value;
        MaxErrors = rate.MaxErrors is Amount.Percent errors
            ? nodes * errors.Value / 100
            : ((Amount.Count)rate.MaxErrors).Value;
        Progress = CommandProgress.Create(nodes, rate);
        status = CommandMachine.StatusOf(Progress);
        Apply(new CommandChange.Created());
    }

    public CommandProgress Progress { get; private set; }

    public int MaxErrors { get; }

    public bool IsFinal => status.Status.IsFinal();

    public CommandStatusPair Status => status;

    public int LargestBatch { get; private set; }

    public List<int> Sends { get; } = [];

    public int Errors => outcomes.Count(outcome =>
        outcome is CommandInvocationOutcome.Failed or CommandInvocationOutcome.ExecutionTimedOut);

    public IReadOnlyList<CommandInvocationOutcome?> Outcomes => outcomes;

    public CommandLeaves Leaves =>
        new(Progress.CancelRequested, MaxErrors, [.. outcomes.Select(outcome => outcome!.Value)]);

    public IReadOnlyList<int> At(CommandStage stage) =>
        [.. Enumerable.Range(0, stages.Length).Where(node => stages[node] == stage)];

    public void Acknowledge(int node)
    {
        Assert.Equal(CommandStage.Unacknowledged, stages[node]);
        stages[node] = CommandStage.Acknowledged;
        Apply(new CommandChange.Acknowledged());
    }

    public void End(int node, CommandInvocationOutcome outcome)
    {
        var from = stages[node]!.Value;
        stages[node] = null;
        outcomes[node] = outcome;
        Apply(new CommandChange.Ended(from, outcome));
    }

    public void Cancel() => Apply(new CommandChange.CancelRequested());

    private void Apply(CommandChange change)
    {
        var finalBefore = IsFinal ? status : (CommandStatusPair?)null;
        var stoppedBefore = Errors > MaxErrors || Progress.CancelRequested || change is CommandChange.CancelRequested;
        var advance = CommandMachine.Advance(Progress, change);
        if (advance.UnsentEnd is { } end)
        {
            Assert.True(stoppedBefore, "Unsent nodes ended although nothing stopped the command.");
            foreach (var node in At(CommandStage.Unsent))
            {
                stages[node] = null;
                outcomes[node] = end;
            }
        }

        Assert.False(stoppedBefore && advance.Send > 0, "A node was sent the command after it was stopped.");
        foreach (var node in At(CommandStage.Unsent).Take(advance.Send))
        {
            stages[node] = CommandStage.Unacknowledged;
            sent++;
        }

        if (advance.Send > 0)
        {
            Sends.Add(advance.Send);
            LargestBatch = Math.Max(LargestBatch, advance.Send);
        }

        (Progress, status) = (advance.Next, advance.Status);
        Check(finalBefore);
    }

    private void Check(CommandStatusPair? finalBefore)
    {
        var (unsent, unacknowledged, acknowledged) =
            (At(CommandStage.Unsent).Count, At(CommandStage.Unacknowledged).Count, At(CommandStage.Acknowledged).Count);
        Assert.Equal(
            (unsent, unacknowledged, acknowledged, stages.Length - unsent - unacknowledged - acknowledged, Errors),
            (Progress.Unsent, Progress.Unacknowledged, Progress.Acknowledged,
                Progress.Ended.Total, Progress.Ended.Errors));
        Assert.InRange(unacknowledged + acknowledged, 0, maxConcurrency);

        // Each batch is twice the one before and waits for all before it: n answers admit at most n + 1 more.
        Assert.InRange(sent, 0, (2 * (sent - unacknowledged)) + 1);
        var mustWait = unacknowledged > 0 || unacknowledged + acknowledged == maxConcurrency;
        Assert.True(unsent == 0 || mustWait, "Nodes are unsent and nothing is waited for.");
        Assert.Equal(Array.TrueForAll(outcomes, outcome => outcome is not null), IsFinal);
        Assert.True(finalBefore is null || finalBefore == status, "A final command changed.");
    }
}
