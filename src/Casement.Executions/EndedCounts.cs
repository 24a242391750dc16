namespace Casement.Executions;

/// <summary>How many nodes of a command ended in which way.</summary>
public sealed record EndedCounts
{
    /// <summary>Nodes that ended Success.</summary>
    public int Success { get; init; }

    /// <summary>Nodes that ended Failed.</summary>
    public int Failed { get; init; }

    /// <summary>Nodes that ended ExecutionTimedOut.</summary>
    public int ExecutionTimedOut { get; init; }

    /// <summary>Nodes that ended DeliveryTimedOut.</summary>
    public int DeliveryTimedOut { get; init; }

    /// <summary>Nodes that ended Undeliverable.</summary>
    public int Undeliverable { get; init; }

    /// <summary>Nodes that ended InvalidPlatform.</summary>
    public int InvalidPlatform { get; init; }

    /// <summary>Nodes that ended AccessDenied.</summary>
    public int AccessDenied { get; init; }

    /// <summary>Nodes that ended Cancelled.</summary>
    public int Cancelled { get; init; }

    /// <summary>Nodes that ended Terminated.</summary>
    public int Terminated { get; init; }

    /// <summary>All ended nodes: AWS's CompletedCount.</summary>
    public int Total => Success + Errors + DeliveryTimedOut + Unreached + Cancelled + Terminated;

    /// <summary>Those that count towards MaxErrors: AWS's ErrorCount.</summary>
    public int Errors => Failed + ExecutionTimedOut;

    /// <summary>Those that could not be given the command at all; they count towards nothing.</summary>
    public int Unreached => Undeliverable + InvalidPlatform + AccessDenied;

    /// <summary>Whether an outcome counts towards MaxErrors.</summary>
    public static bool CountsAsError(CommandInvocationOutcome outcome) =>
        outcome is CommandInvocationOutcome.Failed or CommandInvocationOutcome.ExecutionTimedOut;

    /// <summary>With <paramref name="nodes"/> more that ended so.</summary>
    public EndedCounts Plus(CommandInvocationOutcome outcome, int nodes) => outcome switch
    {
        CommandInvocationOutcome.Success => this with { Success = Success + nodes },
        CommandInvocationOutcome.Failed => this with { Failed = Failed + nodes },
        CommandInvocationOutcome.ExecutionTimedOut => this with { ExecutionTimedOut = ExecutionTimedOut + nodes },
        CommandInvocationOutcome.DeliveryTimedOut => this with { DeliveryTimedOut = DeliveryTimedOut + nodes },
        CommandInvocationOutcome.Undeliverable => this with { Undeliverable = Undeliverable + nodes },
        CommandInvocationOutcome.InvalidPlatform => this with { InvalidPlatform = InvalidPlatform + nodes },
        CommandInvocationOutcome.AccessDenied => this with { AccessDenied = AccessDenied + nodes },
        CommandInvocationOutcome.Cancelled => this with { Cancelled = Cancelled + nodes },
        CommandInvocationOutcome.Terminated => this with { Terminated = Terminated + nodes },
    };
}
