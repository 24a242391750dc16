using NodaTime;

namespace Casement.Executions.Tests;

public sealed class CommandClocksTests
{
    private static readonly Instant Sent = Instant.FromUtc(2026, 3, 7, 2, 0);

    [Fact]
    public void A_node_has_the_delivery_timeout_from_sending_and_the_execution_timeout_and_a_minute_from_acknowledging()
    {
        var (delivery, execution) = (Duration.FromSeconds(600), Duration.FromSeconds(3600));
        CommandDeadline? Of(Instant? sent, Instant? acknowledged, CommandInvocationOutcome? outcome) =>
            CommandClocks.DeadlineOf(new CommandInvocationFacts(sent, acknowledged, true, outcome), delivery, execution);

        Assert.Null(Of(null, null, null));
        Assert.Equal(
            new CommandDeadline(Sent + delivery, CommandInvocationOutcome.DeliveryTimedOut), Of(Sent, null, null));
        var acknowledged = Sent + Duration.FromSeconds(30);
        Assert.Equal(
            new CommandDeadline(acknowledged + Duration.FromSeconds(3660), CommandInvocationOutcome.ExecutionTimedOut),
            Of(Sent, acknowledged, null));
        Assert.Null(Of(Sent, acknowledged, CommandInvocationOutcome.Success));
    }

    [Theory]
    [InlineData(null, 299, "Pending/Pending")]
    [InlineData(null, 300, "Delayed/Delayed")]
    [InlineData(-86400, 299, "Pending/Pending")]
    [InlineData(-86400, 300, "Delayed/Delayed")]
    [InlineData(100, 399, "Pending/Pending")]
    [InlineData(100, 400, "Delayed/Delayed")]
    public void A_sent_command_is_delayed_after_five_minutes_without_contact(int? contact, int now, string expected) =>
        Assert.Equal(expected, Show(new CommandInvocationFacts(Sent, null, false, null), contact, now));

    [Fact]
    public void A_command_on_a_node_shows_how_far_it_is()
    {
        Assert.Equal("Pending/Pending", Show(new CommandInvocationFacts(null, null, false, null), null, 9999));
        Assert.Equal("InProgress/InProgress", Show(new CommandInvocationFacts(Sent, Sent, false, null), null, 9999));
        Assert.Equal("Cancelling/Cancelling", Show(new CommandInvocationFacts(Sent, Sent, true, null), null, 9999));
        Assert.Equal("Cancelling/Cancelling", Show(new CommandInvocationFacts(Sent, null, true, null), null, 9999));
    }

    [Theory]
    [InlineData(CommandInvocationOutcome.Success, "Success/Success")]
    [InlineData(CommandInvocationOutcome.Failed, "Failed/Failed")]
    [InlineData(CommandInvocationOutcome.ExecutionTimedOut, "TimedOut/ExecutionTimedOut")]
    [InlineData(CommandInvocationOutcome.DeliveryTimedOut, "TimedOut/DeliveryTimedOut")]
    [InlineData(CommandInvocationOutcome.Undeliverable, "Failed/Undeliverable")]
    [InlineData(CommandInvocationOutcome.InvalidPlatform, "Failed/InvalidPlatform")]
    [InlineData(CommandInvocationOutcome.AccessDenied, "Failed/AccessDenied")]
    [InlineData(CommandInvocationOutcome.Cancelled, "Cancelled/Cancelled")]
    [InlineData(CommandInvocationOutcome.Terminated, "Failed/Terminated")]
    public void An_ended_command_on_a_node_shows_how_it_ended(CommandInvocationOutcome outcome, string expected) =>
        Assert.Equal(expected, Show(new CommandInvocationFacts(Sent, Sent, true, outcome), null, 9999));

    [Theory]
    [InlineData("120", 120)]
    [InlineData("172800", 172800)]
    [InlineData("0", 7200)]
    [InlineData("-5", 7200)]
    [InlineData("soon", 7200)]
    [InlineData("", 7200)]
    [InlineData(null, 7200)]
    public void The_execution_timeout_is_the_parameter_or_the_sum_of_the_steps(string? parameter, int seconds) =>
        Assert.Equal(
            Duration.FromSeconds(seconds), CommandClocks.ExecutionTimeout(parameter, [Duration.FromHours(1), null]));

    [Fact]
    public void A_step_with_a_timeout_counts_it_and_one_without_an_hour() =>
        Assert.Equal(
            Duration.FromSeconds(3690),
            CommandClocks.ExecutionTimeout(null, [Duration.FromSeconds(60), null, Duration.FromSeconds(30)]));

    [Fact]
    public void With_both_defaults_a_command_expires_after_7200_seconds() =>
        Assert.Equal(
            Sent + Duration.FromSeconds(7200),
            CommandClocks.ExpiresAfter(Sent, Duration.FromSeconds(3600), CommandClocks.ExecutionTimeout(null, [null])));

    private static string Show(CommandInvocationFacts facts, int? contact, int now)
    {
        var lastContact = contact is null ? (Instant?)null : Sent + Duration.FromSeconds(contact.Value);
        var (status, details) = CommandClocks.StatusOf(facts, lastContact, Sent + Duration.FromSeconds(now));
        return $"{status.ToWire()}/{details.ToWire()}";
    }
}
