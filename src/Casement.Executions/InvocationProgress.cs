using System.Diagnostics;
using NodaTime;

namespace Casement.Executions;

/// <summary>What is known of an invocation. Its status follows from this and from nothing else.</summary>
public abstract record InvocationProgress
{
    private protected InvocationProgress()
    {
    }

    /// <summary>Whether nothing can change it any more.</summary>
    public bool IsFinal => this is Refused or Ended or CutOff;

    /// <summary>When its command was accepted, or refused; null while it waits and if it never started.</summary>
    public Instant? StartedAt => this switch
    {
        Waiting or CutOff => null,
        Running running => running.Since,
        Refused refused => refused.At,
        Ended ended => ended.Since,
        _ => throw new UnreachableException(),
    };

    /// <summary>When it became final; null before.</summary>
    public Instant? EndedAt => this switch
    {
        Waiting or Running => null,
        Refused refused => refused.At,
        Ended ended => ended.At,
        CutOff cutOff => cutOff.At,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Nodes that it reached for, the base of a percentage of MaxErrors: 1 where a refusal left the number unknown.
    /// </summary>
    public int Nodes => this switch
    {
        Waiting or Running or CutOff => 0,
        Refused => 1,
        Ended ended => ended.NodeCount,
        _ => throw new UnreachableException(),
    };

    /// <summary>Failures that count towards the task's MaxErrors; a refusal is one.</summary>
    public int Failures => this switch
    {
        Waiting or Running or CutOff => 0,
        Refused => 1,
        Ended ended => ended.ErrorCount,
        _ => throw new UnreachableException(),
    };

    /// <summary>Stored, not known to have been started. To start it is an effect that may have to be repeated.</summary>
    public sealed record Waiting : InvocationProgress;

    /// <summary>Its command has been accepted by SendCommand.</summary>
    public sealed record Running(Instant Since, CommandCancel Cancel) : InvocationProgress;

    /// <summary>It could not be started.</summary>
    /// <param name="At">When.</param>
    /// <param name="Details">Why, as in <see cref="StatusTexts"/>; at most 250 characters.</param>
    public sealed record Refused(Instant At, string Details) : InvocationProgress;

    /// <summary>Its command is final.</summary>
    /// <param name="Since">When the command was accepted.</param>
    /// <param name="At">When it became final.</param>
    /// <param name="Outcome">The command's final status.</param>
    /// <param name="NodeCount">The command's TargetCount.</param>
    /// <param name="ErrorCount">The command's ErrorCount: failed and timed-out runs, not failed deliveries.</param>
    /// <param name="Cancel">Whether the cutoff cancelled it.</param>
    public sealed record Ended(
        Instant Since,
        Instant At,
        CommandStatusPair Outcome,
        int NodeCount,
        int ErrorCount,
        CommandCancel Cancel) : InvocationProgress;

    /// <summary>The cutoff came before it started.</summary>
    public sealed record CutOff(Instant At) : InvocationProgress;
}

/// <summary>Whether the cutoff had a command cancelled. A cancelled execution does not cancel commands.</summary>
public abstract record CommandCancel
{
    private protected CommandCancel()
    {
    }

    /// <summary>It was not to be cancelled.</summary>
    public sealed record NotAsked : CommandCancel;

    /// <summary>It is to be cancelled; an effect that may have to be repeated.</summary>
    public sealed record Asked : CommandCancel;

    /// <summary>CancelCommand was accepted.</summary>
    public sealed record Accepted : CommandCancel;

    /// <summary>CancelCommand was refused; the command goes on. The text says why.</summary>
    public sealed record Refused(string Details) : CommandCancel;
}
