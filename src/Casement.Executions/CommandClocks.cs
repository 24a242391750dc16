using System.Globalization;
using NodaTime;

namespace Casement.Executions;

/// <summary>What is known of a command on one node.</summary>
/// <param name="SentAt">When it was put into the node's mailbox; null while its turn has not come.</param>
/// <param name="AcknowledgedAt">When the node acknowledged it.</param>
/// <param name="CancelRequested">Whether it was cancelled there.</param>
/// <param name="Outcome">How it ended; null before.</param>
public sealed record CommandInvocationFacts(
    Instant? SentAt,
    Instant? AcknowledgedAt,
    bool CancelRequested,
    CommandInvocationOutcome? Outcome);

/// <summary>When a command on one node ends by itself, and how.</summary>
public sealed record CommandDeadline(Instant At, CommandInvocationOutcome Outcome);

/// <summary>The clocks of a command and of its invocations.</summary>
public static class CommandClocks
{
    /// <summary>executionTimeout where a document does not say: an hour for each step.</summary>
    public static readonly Duration DefaultStepTimeout = Duration.FromHours(1);

    /// <summary>How long after its own timeout a node may still report it.</summary>
    public static readonly Duration ReportGrace = Duration.FromSeconds(60);

    /// <summary>How long without contact until a sent command counts as delayed.</summary>
    public static readonly Duration DelayedAfter = Duration.FromMinutes(5);

    /// <summary>
    /// The deadline that runs now, null when none does. Sent: <paramref name="deliveryTimeout"/> later it ends
    /// DeliveryTimedOut. Acknowledged: <paramref name="executionTimeout"/> and a minute later ExecutionTimedOut. A
    /// node whose turn has not come has none: with one node at a time the last would expire without being offered it.
    /// </summary>
    public static CommandDeadline? DeadlineOf(
        CommandInvocationFacts facts,
        Duration deliveryTimeout,
        Duration executionTimeout)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts switch
        {
            { Outcome: not null } or { SentAt: null } => null,
            { AcknowledgedAt: { } at } =>
                new(at + executionTimeout + ReportGrace, CommandInvocationOutcome.ExecutionTimedOut),
            { SentAt: { } at } => new(at + deliveryTimeout, CommandInvocationOutcome.DeliveryTimedOut),
        };
    }

    /// <summary>The status to show.</summary>
    /// <param name="facts">The command on that node.</param>
    /// <param name="nodeLastContact">The node's last signed call; null if there was none.</param>
    /// <param name="now">The instant to show it for: Delayed depends on it.</param>
    public static CommandInvocationStatusPair StatusOf(
        CommandInvocationFacts facts,
        Instant? nodeLastContact,
        Instant now)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts switch
        {
            { Outcome: { } outcome } => outcome.ToStatus(),
            { CancelRequested: true } =>
                new(CommandInvocationStatus.Cancelling, CommandInvocationStatusDetails.Cancelling),
            { AcknowledgedAt: not null } =>
                new(CommandInvocationStatus.InProgress, CommandInvocationStatusDetails.InProgress),
            { SentAt: { } sent } when now - Later(sent, nodeLastContact) >= DelayedAfter =>
                new(CommandInvocationStatus.Delayed, CommandInvocationStatusDetails.Delayed),
            _ => new(CommandInvocationStatus.Pending, CommandInvocationStatusDetails.Pending),
        };
    }

    /// <summary>ExpiresAfter as AWS prints it, two hours after the request with both defaults.</summary>
    public static Instant ExpiresAfter(Instant requestedAt, Duration deliveryTimeout, Duration executionTimeout) =>
        requestedAt + deliveryTimeout + executionTimeout;

    /// <summary>
    /// How long a command may run on a node: the document parameter <c>executionTimeout</c> in whole seconds, else
    /// the sum over the steps of their <c>inputs.timeoutSeconds</c>, an hour for a step without.
    /// </summary>
    /// <param name="parameter">The parameter's value; null or not 1 … 2147483647 means that it does not say.</param>
    /// <param name="stepTimeouts">One for each step; null where the step has none.</param>
    public static Duration ExecutionTimeout(string? parameter, IEnumerable<Duration?> stepTimeouts)
    {
        ArgumentNullException.ThrowIfNull(stepTimeouts);
        return int.TryParse(parameter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? Duration.FromSeconds(seconds)
            : stepTimeouts.Aggregate(Duration.Zero, (sum, step) => sum + (step ?? DefaultStepTimeout));
    }

    private static Instant Later(Instant one, Instant? other) => other > one ? other.Value : one;
}
