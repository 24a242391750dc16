using Casement.Simulation.Tests.Machinery;

namespace Casement.Simulation.Tests.World;

/// <summary>How rough a run is. Numbers are of ten thousand.</summary>
internal sealed record Weather
{
    public int CommitFails { get; init; }

    public int CommitHoldsButIsReportedFailed { get; init; }

    public int StatementFails { get; init; }

    public int DeathBeforeCommit { get; init; }

    public int DeathAfterCommit { get; init; }

    public int DeathAtAStep { get; init; }

    public int BellsLost { get; init; }

    public int BellsTwice { get; init; }

    /// <summary>Turns of one execution that do not wait for each other, as in a partition of two silos.</summary>
    public int TurnsAtOnce { get; init; }

    public int TurnsFail { get; init; }

    public int RequestsLost { get; init; }

    public int RepliesLost { get; init; }

    public int Stalls { get; init; }

    /// <summary>Of a hundred interventions.</summary>
    public int ClockSteps { get; init; }

    public int LongDowntimes { get; init; }

    public static Weather Calm { get; } = new();

    public static Weather Of(Dice dice) => new()
    {
        CommitFails = Mostly(dice, 600),
        CommitHoldsButIsReportedFailed = Mostly(dice, 400),
        StatementFails = Mostly(dice, 400),
        DeathBeforeCommit = Mostly(dice, 150),
        DeathAfterCommit = Mostly(dice, 150),
        DeathAtAStep = Mostly(dice, 25),
        BellsLost = Mostly(dice, 5000),
        BellsTwice = Mostly(dice, 3000),
        TurnsAtOnce = Mostly(dice, 8000),
        TurnsFail = Mostly(dice, 800),
        RequestsLost = Mostly(dice, 1500),
        RepliesLost = Mostly(dice, 1500),
        Stalls = Mostly(dice, 100),
        ClockSteps = dice.Chance(40) ? 25 : 0,
        LongDowntimes = dice.Chance(50) ? 40 : 5,
    };

    // half of the runs are without any one of them, so that the others are seen alone too
    private static int Mostly(Dice dice, int most) => dice.Chance(50) ? 0 : dice.Below(most) + 1;
}
