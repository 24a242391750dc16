namespace Casement.Executions;

/// <summary>How a command ended on one node. The numbers are stored and never change meaning.</summary>
public enum CommandInvocationOutcome
{
    /// <summary>Every step succeeded.</summary>
    Success = 1,

    /// <summary>A step failed. Counts towards MaxErrors.</summary>
    Failed = 2,

    /// <summary>Started and not ended in time. Counts towards MaxErrors.</summary>
    ExecutionTimedOut = 3,

    /// <summary>Never acknowledged. Does not count towards MaxErrors.</summary>
    DeliveryTimedOut = 4,

    /// <summary>The node is gone. Does not count towards MaxErrors.</summary>
    Undeliverable = 5,

    /// <summary>Wrong platform. Does not count towards MaxErrors.</summary>
    InvalidPlatform = 6,

    /// <summary>The sender may not command this node. Does not count towards MaxErrors.</summary>
    AccessDenied = 7,

    /// <summary>Cancelled before or while it ran.</summary>
    Cancelled = 8,

    /// <summary>Never sent, because the command had exceeded MaxErrors. Only
    /// <see cref="CommandMachine"/> gives it.</summary>
    Terminated = 9,
}

/// <summary>The status pair of an ended command invocation.</summary>
public static class CommandInvocationOutcomes
{
    /// <summary>The pair that AWS shows for <paramref name="outcome"/>.</summary>
    public static CommandInvocationStatusPair ToStatus(this CommandInvocationOutcome outcome) => outcome switch
    {
        CommandInvocationOutcome.Success =>
            new(CommandInvocationStatus.Success, CommandInvocationStatusDetails.Success),
        CommandInvocationOutcome.Failed =>
            new(CommandInvocationStatus.Failed, CommandInvocationStatusDetails.Failed),
        CommandInvocationOutcome.ExecutionTimedOut =>
            new(CommandInvocationStatus.TimedOut, CommandInvocationStatusDetails.ExecutionTimedOut),
        CommandInvocationOutcome.DeliveryTimedOut =>
            new(CommandInvocationStatus.TimedOut, CommandInvocationStatusDetails.DeliveryTimedOut),
        CommandInvocationOutcome.Undeliverable =>
            new(CommandInvocationStatus.Failed, CommandInvocationStatusDetails.Undeliverable),
        CommandInvocationOutcome.InvalidPlatform =>
            new(CommandInvocationStatus.Failed, CommandInvocationStatusDetails.InvalidPlatform),
        CommandInvocationOutcome.AccessDenied =>
            new(CommandInvocationStatus.Failed, CommandInvocationStatusDetails.AccessDenied),
        CommandInvocationOutcome.Cancelled =>
            new(CommandInvocationStatus.Cancelled, CommandInvocationStatusDetails.Cancelled),
        CommandInvocationOutcome.Terminated =>
            new(CommandInvocationStatus.Failed, CommandInvocationStatusDetails.Terminated),
    };
}
