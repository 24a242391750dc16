using System.Diagnostics;

namespace Casement.Executions;

/// <summary>
/// Spreads a command over its nodes: first to one, and with each wholly acknowledged batch to twice as many more,
/// up to MaxConcurrency, from where on each ended node makes room for the next. A bad script so hits one node first.
/// </summary>
public static class CommandMachine
{
    /// <summary>Applies one change.</summary>
    /// <exception cref="ArgumentException">The change names more nodes than are at that stage.</exception>
    public static CommandAdvance Advance(CommandProgress progress, CommandChange change)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var next = Apply(progress, change);

        CommandInvocationOutcome? unsentEnd = null;
        if (next.Unsent > 0 && (next.CancelRequested || next.HasExceededMaxErrors))
        {
            unsentEnd = next.CancelRequested
                ? CommandInvocationOutcome.Cancelled
                : CommandInvocationOutcome.Terminated;
            next = next with { Unsent = 0, Ended = next.Ended.Plus(unsentEnd.Value, next.Unsent) };
        }

        next = Ramped(next);
        var send = Sendable(next);
        if (send > 0)
        {
            next = next with
            {
                Unsent = next.Unsent - send,
                Unacknowledged = next.Unacknowledged + send,
                BatchLeft = Math.Max(0, next.BatchLeft - send),
            };
        }

        return new CommandAdvance(next, send, unsentEnd, StatusOf(next));
    }

    /// <summary>
    /// A command's status. Pending until a node received it, then InProgress; Cancelling once cancelled; final when
    /// every node has ended, see <see cref="FinalStatus"/>.
    /// </summary>
    public static CommandStatusPair StatusOf(CommandProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return progress switch
        {
            { IsFinal: true } => FinalStatus(progress.Ended, progress.MaxErrors, progress.CancelRequested),
            { CancelRequested: true } => new(CommandStatus.Cancelling, CommandStatusDetails.Cancelling),
            { HasBeenReceived: true } => new(CommandStatus.InProgress, CommandStatusDetails.InProgress),
            _ => new(CommandStatus.Pending, CommandStatusDetails.Pending),
        };
    }

    /// <summary>
    /// The status of a command whose nodes have all ended, by the first rule that fits: cancelled and a node ended
    /// Cancelled; more failures than MaxErrors; no node at all; no node that could be given the command; at least
    /// MaxErrors (and one) deliveries timed out; fewer did; else Success, failures within MaxErrors included.
    /// </summary>
    public static CommandStatusPair FinalStatus(EndedCounts ended, int maxErrors, bool cancelRequested)
    {
        ArgumentNullException.ThrowIfNull(ended);
        if (cancelRequested && ended.Cancelled > 0)
        {
            return new(CommandStatus.Cancelled, CommandStatusDetails.Cancelled);
        }

        if (ended.Errors > maxErrors)
        {
            return new(CommandStatus.Failed, CommandStatusDetails.Failed);
        }

        if (ended.Total == 0)
        {
            return new(CommandStatus.Success, CommandStatusDetails.NoInstancesInTag);
        }

        if (ended.Unreached == ended.Total)
        {
            return new(CommandStatus.Failed, CommandStatusDetails.Failed);
        }

        return ended.DeliveryTimedOut switch
        {
            0 => new(CommandStatus.Success, CommandStatusDetails.Success),
            var late when late >= Math.Max(1, maxErrors) =>
                new(CommandStatus.TimedOut, CommandStatusDetails.DeliveryTimedOut),
            _ => new(CommandStatus.Failed, CommandStatusDetails.Incomplete),
        };
    }

    private static CommandProgress Apply(CommandProgress progress, CommandChange change) => change switch
    {
        CommandChange.Created => progress,
        CommandChange.Acknowledged acknowledged => progress with
        {
            Unacknowledged = Less(progress.Unacknowledged, acknowledged.Nodes, CommandStage.Unacknowledged),
            Acknowledged = progress.Acknowledged + acknowledged.Nodes,
            HasBeenReceived = true,
        },
        CommandChange.Ended ended => End(progress, ended),
        CommandChange.CancelRequested => progress.IsFinal ? progress : progress with { CancelRequested = true },
        _ => throw new UnreachableException(),
    };

    private static CommandProgress End(CommandProgress progress, CommandChange.Ended ended)
    {
        if (ended.Outcome == CommandInvocationOutcome.Terminated)
        {
            throw new ArgumentException("No node reports Terminated.", nameof(ended));
        }

        var after = progress with { Ended = progress.Ended.Plus(ended.Outcome, ended.Nodes) };
        return ended.From switch
        {
            CommandStage.Unsent => after with { Unsent = Less(progress.Unsent, ended.Nodes, ended.From) },
            CommandStage.Unacknowledged => after with
            {
                Unacknowledged = Less(progress.Unacknowledged, ended.Nodes, ended.From),

                // A result without an acknowledgement before it is one.
                HasBeenReceived = progress.HasBeenReceived
                    || ended.Outcome is CommandInvocationOutcome.Success
                        or CommandInvocationOutcome.Failed or CommandInvocationOutcome.ExecutionTimedOut,
            },
            CommandStage.Acknowledged => after with
            {
                Acknowledged = Less(progress.Acknowledged, ended.Nodes, ended.From),
            },
        };
    }

    private static int Less(int have, int nodes, CommandStage stage) =>
        nodes >= 1 && nodes <= have
            ? have - nodes
            : throw new ArgumentException($"{nodes} nodes cannot leave stage {stage}, where {have} are.", nameof(nodes));

    private static CommandProgress Ramped(CommandProgress progress)
    {
        var batchIsThrough = progress is { BatchLeft: 0, Unacknowledged: 0 };
        if (!batchIsThrough || progress.BatchSize >= progress.MaxConcurrency)
        {
            return progress;
        }

        var size = (int)Math.Min(2L * progress.BatchSize, progress.MaxConcurrency);
        return progress with { BatchSize = size, BatchLeft = size };
    }

    private static int Sendable(CommandProgress progress)
    {
        var room = Math.Min(progress.Unsent, progress.MaxConcurrency - progress.InFlight);
        return progress.BatchSize >= progress.MaxConcurrency ? room : Math.Min(room, progress.BatchLeft);
    }
}
