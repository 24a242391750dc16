namespace Casement.Executions;

/// <summary>
/// A command in numbers. It has the same size for one node and for ten thousand, so that a reply costs one small
/// row. Every node is counted in exactly one of <see cref="Unsent"/>, <see cref="Unacknowledged"/>,
/// <see cref="Acknowledged"/> and <see cref="Ended"/>.
/// </summary>
public sealed record CommandProgress
{
    /// <summary>Nodes that the targets resolved to when the command was created: AWS's TargetCount.</summary>
    public required int Total { get; init; }

    /// <summary>How many nodes may hold the command at once; at least 1.</summary>
    public required int MaxConcurrency { get; init; }

    /// <summary>How many nodes may fail; one more ends the unsent ones.</summary>
    public required int MaxErrors { get; init; }

    /// <summary>Nodes whose turn has not come.</summary>
    public required int Unsent { get; init; }

    /// <summary>Nodes that have it in their mailbox and have not acknowledged it.</summary>
    public int Unacknowledged { get; init; }

    /// <summary>Nodes that have acknowledged it and not ended.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Nodes that have ended.</summary>
    public EndedCounts Ended { get; init; } = new();

    /// <summary>Whether any node ever received it.</summary>
    public bool HasBeenReceived { get; init; }

    /// <summary>Whether the whole command was cancelled, not just some of its nodes.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>The current batch of the ramp: 1, 2, 4, … nodes. From MaxConcurrency on there are none.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Nodes of the current batch that have not been sent.</summary>
    public int BatchLeft { get; init; } = 1;

    /// <summary>Nodes that hold it now; never more than <see cref="MaxConcurrency"/>.</summary>
    public int InFlight => Unacknowledged + Acknowledged;

    /// <summary>Whether more nodes have failed than may.</summary>
    public bool HasExceededMaxErrors => Ended.Errors > MaxErrors;

    /// <summary>Whether every node has ended.</summary>
    public bool IsFinal => Ended.Total == Total;

    /// <summary>A command of which nothing has been sent. Percentages are taken of the nodes here, once.</summary>
    public static CommandProgress Create(int total, RateControl rateControl)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        ArgumentNullException.ThrowIfNull(rateControl);
        return new CommandProgress
        {
            Total = total,
            MaxConcurrency = rateControl.MaxConcurrency.ConcurrencyOf(total),
            MaxErrors = rateControl.MaxErrors.ErrorsOf(total),
            Unsent = total,
        };
    }
}
