namespace Casement.Executions;

/// <summary>Something that happened to a command.</summary>
public abstract record CommandChange
{
    private protected CommandChange()
    {
    }

    /// <summary>It was created. Nodes that cannot be given it at all may be ended before.</summary>
    public sealed record Created : CommandChange;

    /// <summary>Nodes acknowledged it.</summary>
    public sealed record Acknowledged(int Nodes = 1) : CommandChange;

    /// <summary>Nodes ended.</summary>
    /// <param name="From">How far these nodes had come.</param>
    /// <param name="Outcome">How they ended; never Terminated, which only the machine decides.</param>
    /// <param name="Nodes">How many.</param>
    public sealed record Ended(CommandStage From, CommandInvocationOutcome Outcome, int Nodes = 1) : CommandChange;

    /// <summary>The whole command is cancelled. Cancelling some of its nodes is those nodes' end.</summary>
    public sealed record CancelRequested : CommandChange;
}

/// <summary>How far a command that has not ended on a node has come there.</summary>
public enum CommandStage
{
    /// <summary>Waits for its turn.</summary>
    Unsent = 1,

    /// <summary>In the node's mailbox.</summary>
    Unacknowledged = 2,

    /// <summary>The node has it.</summary>
    Acknowledged = 3,
}

/// <summary>What follows from a change.</summary>
/// <param name="Next">The new numbers; the nodes to send count as sent, the unsent ones that end as ended.</param>
/// <param name="Send">How many of the nodes not yet sent are to be sent now, in order of their ordinals.</param>
/// <param name="UnsentEnd">When set, all nodes not yet sent end so now: Terminated or Cancelled.</param>
/// <param name="Status">The command's status after the change; final if and only if every node has ended.</param>
public sealed record CommandAdvance(
    CommandProgress Next,
    int Send,
    CommandInvocationOutcome? UnsentEnd,
    CommandStatusPair Status);
