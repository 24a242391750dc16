namespace Casement.Executions;

/// <summary>The <c>Status</c> of a command on one node.</summary>
public enum CommandInvocationStatus
{
    /// <summary>Not sent, or not received by the node.</summary>
    Pending = 1,

    /// <summary>Received.</summary>
    InProgress = 2,

    /// <summary>Sent, and the node has not been heard of for five minutes.</summary>
    Delayed = 3,

    /// <summary>Final.</summary>
    Success = 4,

    /// <summary>Final.</summary>
    Cancelled = 5,

    /// <summary>Final: not delivered, or not ended in time.</summary>
    TimedOut = 6,

    /// <summary>Final; the details say how.</summary>
    Failed = 7,

    /// <summary>Cancelled; the node has not answered yet.</summary>
    Cancelling = 8,
}

/// <summary>The <c>StatusDetails</c> of a command on one node.</summary>
public enum CommandInvocationStatusDetails
{
    /// <summary>With Pending.</summary>
    Pending = 1,

    /// <summary>With InProgress.</summary>
    InProgress = 2,

    /// <summary>With Delayed.</summary>
    Delayed = 3,

    /// <summary>With Success.</summary>
    Success = 4,

    /// <summary>With Cancelled.</summary>
    Cancelled = 5,

    /// <summary>With Cancelling.</summary>
    Cancelling = 6,

    /// <summary>With TimedOut: not acknowledged before the delivery deadline.</summary>
    DeliveryTimedOut = 7,

    /// <summary>With TimedOut: started and not ended in time.</summary>
    ExecutionTimedOut = 8,

    /// <summary>With Failed: a step ended with another exit code than 0.</summary>
    Failed = 9,

    /// <summary>With Failed: never sent, because the command had exceeded MaxErrors.</summary>
    Terminated = 10,

    /// <summary>With Failed: the sender may not command this node.</summary>
    AccessDenied = 11,

    /// <summary>With Failed: the node is gone.</summary>
    Undeliverable = 12,

    /// <summary>With Failed: the document does not run on the node's platform.</summary>
    InvalidPlatform = 13,
}

/// <summary>A command invocation's status and its details, which only occur in certain pairs.</summary>
public readonly record struct CommandInvocationStatusPair(
    CommandInvocationStatus Status,
    CommandInvocationStatusDetails Details);
