namespace Casement.Executions;

/// <summary>The <c>Status</c> of a command. The numbers are stored and never change meaning.</summary>
public enum CommandStatus
{
    /// <summary>No node has received it yet.</summary>
    Pending = 1,

    /// <summary>At least one node has received it, not all have ended.</summary>
    InProgress = 2,

    /// <summary>Final: ended everywhere with failures within MaxErrors, or matched no node.</summary>
    Success = 3,

    /// <summary>Final: cancelled, and at least one node did not run it to its end.</summary>
    Cancelled = 4,

    /// <summary>Final.</summary>
    Failed = 5,

    /// <summary>Final: as many nodes as MaxErrors (at least one) never took delivery.</summary>
    TimedOut = 6,

    /// <summary>Cancelled; nodes that hold it have not answered yet.</summary>
    Cancelling = 7,
}

/// <summary>The <c>StatusDetails</c> of a command. The numbers are stored and never change meaning.</summary>
public enum CommandStatusDetails
{
    /// <summary>With Pending.</summary>
    Pending = 1,

    /// <summary>With InProgress.</summary>
    InProgress = 2,

    /// <summary>With Success.</summary>
    Success = 3,

    /// <summary>With Cancelled.</summary>
    Cancelled = 4,

    /// <summary>With Cancelling.</summary>
    Cancelling = 5,

    /// <summary>With Failed: the error limit was exceeded, or no node could be given the command.</summary>
    Failed = 6,

    /// <summary>With Failed: some nodes never took delivery, fewer than MaxErrors.</summary>
    Incomplete = 7,

    /// <summary>With TimedOut.</summary>
    DeliveryTimedOut = 8,

    /// <summary>With Success: the targets matched no node.</summary>
    NoInstancesInTag = 9,
}

/// <summary>A command's status and its details, which only occur in certain pairs.</summary>
public readonly record struct CommandStatusPair(CommandStatus Status, CommandStatusDetails Details);
