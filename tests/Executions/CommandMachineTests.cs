using CsCheck;
using Casement.Tests;

namespace Casement.Executions.Tests;

public sealed class CommandMachineTests
{
    private static readonly CommandInvocationOutcome[] Reportable =
        [.. Enum.GetValues<CommandInvocationOutcome>().Where(outcome => outcome != CommandInvocationOutcome.Terminated)];

    /// <summary>
    /// Nodes, MaxConcurrency, MaxErrors, and a script: a digit picks a node; <c>a</c> acknowledges it, <c>s</c>uccess,
    /// <c>f</c>ailed, e<c>x</c>ecution timed out, <c>d</c>elivery timed out, <c>u</c>ndeliverable, wrong
    /// <c>p</c>latform, access de<c>n</c>ied, <c>c</c>ancelled; <c>C</c> cancels the command.
    /// </summary>
    public static TheoryData<int, string, string, string, string> Histories { get; } = new()
    {
        { 0, "50", "0", "", "Success/NoInstancesInTag 0 0 0" },
        { 0, "100%", "0%", "C", "Success/NoInstancesInTag 0 0 0" },
        { 1, "50", "0", "", "Pending/Pending 0 0 0" },
        { 1, "50", "0", "0a", "InProgress/InProgress 0 0 0" },
        { 2, "50", "0", "0a 0s", "InProgress/InProgress 1 0 0" },
        { 2, "50", "1", "0d", "Pending/Pending 1 0 1" },
        { 1, "50", "0", "0s", "Success/Success 1 0 0" },
        { 1, "50", "0", "0f", "Failed/Failed 1 1 0" },
        { 1, "50", "0", "0a 0x", "Failed/Failed 1 1 0" },
        { 1, "50", "1", "0f", "Success/Success 1 1 0" },
        { 1, "50", "0", "0d", "TimedOut/DeliveryTimedOut 1 0 1" },
        { 1, "50", "0", "0u", "Failed/Failed 1 0 0" },
        { 3, "50", "0", "0u 1p 2n", "Failed/Failed 3 0 0" },
        { 3, "50", "0", "0u 1p 2s", "Success/Success 3 0 0" },
        { 3, "1", "0", "0f", "Failed/Failed 3 1 0" },
        { 3, "1", "1", "0f 1f", "Failed/Failed 3 2 0" },
        { 3, "1", "2", "0f 1f 2s", "Success/Success 3 2 0" },
        { 3, "1", "50%", "0f 1s 2s", "Success/Success 3 1 0" },
        { 3, "1", "33%", "0f", "Failed/Failed 3 1 0" },
        { 3, "3", "0", "0a 1f 2s 0s", "Failed/Failed 3 1 0" },
        { 3, "3", "0", "0a 1a 2f 0f 1s", "Failed/Failed 3 2 0" },
        { 3, "1", "2", "0d 1s 2s", "Failed/Incomplete 3 0 1" },
        { 3, "1", "2", "0d 1d 2s", "TimedOut/DeliveryTimedOut 3 0 2" },
        { 3, "1", "0", "0d 1s 2s", "TimedOut/DeliveryTimedOut 3 0 1" },
        { 3, "1", "1", "0d 1f 2f", "Failed/Failed 3 2 1" },
        { 3, "1", "2", "0d 1f 2f", "Failed/Incomplete 3 2 1" },
        { 2, "50", "0", "0u 1d", "TimedOut/DeliveryTimedOut 2 0 1" },
        { 3, "1", "0", "C", "Cancelling/Cancelling 2 0 0" },
        { 3, "1", "0", "0a C 0c", "Cancelled/Cancelled 3 0 0" },
        { 3, "1", "0", "0a C 0s", "Cancelled/Cancelled 3 0 0" },
        { 1, "1", "0", "0a C 0s", "Success/Success 1 0 0" },
        { 1, "1", "0", "0a C 0f", "Failed/Failed 1 1 0" },
        { 3, "1", "0", "0a C 0f", "Cancelled/Cancelled 3 1 0" },
        { 2, "1", "0", "0a 0c 1s", "Success/Success 2 0 0" },
        { 1, "1", "0", "0s C", "Success/Success 1 0 0" },
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_command_ends_as_the_rules_say(
        int nodes, string concurrency, string errors, string script, string expected)
    {
        var command = new SimulatedCommand(nodes, Rate(concurrency, errors));
        foreach (var word in script.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "C")
            {
                command.Cancel();
            }
            else if (word[1] == 'a')
            {
                command.Acknowledge(word[0] - '0');
            }
            else
            {
                command.End(word[0] - '0', OutcomeOf(word[1]));
            }
        }

        var ended = command.Progress.Ended;
        Assert.Equal(expected, $"{command.Status.Status.ToWire()}/{command.Status.Details.ToWire()}"
            + $" {ended.Total} {ended.Errors} {ended.DeliveryTimedOut}");
    }

    [Fact]
    public void Nodes_that_were_never_sent_end_Terminated_or_Cancelled()
    {
        var failed = new SimulatedCommand(3, Rate("1", "0"));
        failed.End(0, CommandInvocationOutcome.Failed);
        var cancelled = new SimulatedCommand(3, Rate("1", "0"));
        cancelled.Cancel();

        Assert.Equal(
            [CommandInvocationOutcome.Failed, CommandInvocationOutcome.Terminated, CommandInvocationOutcome.Terminated],
            failed.Outcomes.Select(outcome => outcome!.Value));
        Assert.Equal(
            [null, CommandInvocationOutcome.Cancelled, CommandInvocationOutcome.Cancelled], cancelled.Outcomes);
    }

    [Theory]
    [InlineData(100, "50", "1 2 4 8 16 19")]
    [InlineData(20, "50", "1 2 4 8 5")]
    [InlineData(100, "1", "1")]
    [InlineData(100, "2", "1 1")]
    [InlineData(100, "3", "1 2")]
    [InlineData(100, "10%", "1 2 4 3")]
    [InlineData(10000, "100%", "1 2 4 8 16 32 64 128 256 512 1024 2048 4096 1809")]
    public void The_ramp_doubles_with_each_acknowledged_batch_up_to_the_limit(int nodes, string limit, string sends)
    {
        var progress = CommandProgress.Create(nodes, Rate(limit, "0"));
        var advance = CommandMachine.Advance(progress, new CommandChange.Created());
        var seen = new List<int>();
        while (advance.Send > 0)
        {
            seen.Add(advance.Send);
            advance = CommandMachine.Advance(advance.Next, new CommandChange.Acknowledged(advance.Send));
        }

        Assert.Equal(sends, string.Join(' ', seen));
    }

    [Fact]
    public void A_batch_goes_out_only_when_the_whole_batch_before_it_is_acknowledged_or_ended()
    {
        var command = new SimulatedCommand(7, Rate("50", "0"));
        command.Acknowledge(0);
        command.Acknowledge(1);
        Assert.Equal([1, 2], command.Sends);
        command.End(2, CommandInvocationOutcome.DeliveryTimedOut);
        Assert.Equal([1, 2, 4], command.Sends);
    }

    [Fact]
    public void Beyond_the_ramp_each_ended_node_makes_room_for_one()
    {
        var command = new SimulatedCommand(6, Rate("2", "0"));
        command.Acknowledge(0);
        Assert.Equal([1, 1], command.Sends);
        command.End(0, CommandInvocationOutcome.Success);
        Assert.Equal([1, 1, 1], command.Sends);
        Assert.Equal([1, 2], command.At(CommandStage.Unacknowledged));
    }

    [Fact]
    public void Impossible_changes_are_refused()
    {
        var progress = CommandMachine.Advance(
            CommandProgress.Create(3, RateControl.CommandDefault), new CommandChange.Created()).Next;

        Assert.Throws<ArgumentException>(() => CommandMachine.Advance(progress, new CommandChange.Acknowledged(2)));
        Assert.Throws<ArgumentException>(() => CommandMachine.Advance(progress, new CommandChange.Acknowledged(0)));
        Assert.Throws<ArgumentException>(() => CommandMachine.Advance(
            progress, new CommandChange.Ended(CommandStage.Acknowledged, CommandInvocationOutcome.Success)));
        Assert.Throws<ArgumentException>(() => CommandMachine.Advance(
            progress, new CommandChange.Ended(CommandStage.Unsent, CommandInvocationOutcome.Terminated)));
    }

    [Fact]
    public void Every_outcome_of_three_nodes_under_every_limit_ends_as_the_rules_say()
    {
        var reached = new HashSet<CommandStatusPair>();
        foreach (var concurrency in Enumerable.Range(1, 3))
        {
            foreach (var maxErrors in Enumerable.Range(0, 4))
            {
                for (var code = 0; code < Reportable.Length * Reportable.Length * Reportable.Length; code++)
                {
                    CommandInvocationOutcome[] planned =
                        [Reportable[code % 8], Reportable[code / 8 % 8], Reportable[code / 64]];
                    reached.Add(RunThree(concurrency, maxErrors, planned));
                }
            }
        }

        Assert.Equal(4, reached.Count);
    }

    [Fact]
    public void Random_commands_keep_every_rule_and_always_end()
    {
        var largest = 0;
        var ends = new HashSet<CommandStatusPair>();
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 70], Gen.Int[0, 8], Gen.ULong).Sample(
            (nodes, concurrency, errors, seed) =>
            {
                var dice = new Dice(seed);
                var command = new SimulatedCommand(
                    nodes, new RateControl(new Amount.Count(concurrency), new Amount.Count(errors)));
                for (var steps = 0; !command.IsFinal; steps++)
                {
                    Assert.InRange(steps, 0, 3 * nodes);
                    Step(command, dice);
                }

                largest = Math.Max(largest, command.LargestBatch);
                ends.Add(command.Status);
            },
            iter: 2000,
            threads: 1);

        Assert.InRange(largest, 16, 64);
        Assert.Equal(6, ends.Count);
    }

    private static void Step(SimulatedCommand command, Dice dice)
    {
        var unacknowledged = command.At(CommandStage.Unacknowledged);
        var acknowledged = command.At(CommandStage.Acknowledged);
        if (dice.Next(300) == 0 && !command.Progress.CancelRequested)
        {
            command.Cancel();
        }
        else if (acknowledged.Count == 0 || (unacknowledged.Count > 0 && dice.Percent(60)))
        {
            var node = dice.Of(unacknowledged);
            if (dice.Percent(90))
            {
                command.Acknowledge(node);
            }
            else
            {
                command.End(node, dice.Of(Reportable));
            }
        }
        else
        {
            command.End(
                dice.Of(acknowledged),
                dice.Percent(90) ? CommandInvocationOutcome.Success : dice.Of(Reportable));
        }
    }

    private static CommandStatusPair RunThree(
        int concurrency, int maxErrors, CommandInvocationOutcome[] planned)
    {
        var command = new SimulatedCommand(
            3, new RateControl(new Amount.Count(concurrency), new Amount.Count(maxErrors)));
        for (var node = 0; node < 3 && !command.IsFinal; node++)
        {
            foreach (var waiting in command.At(CommandStage.Unacknowledged))
            {
                command.Acknowledge(waiting);
            }

            command.End(node, planned[node]);
        }

        Assert.True(command.IsFinal);
        var nodes = command.Outcomes.Select(outcome => outcome!.Value).ToList();
        var errors = nodes.Count(outcome => outcome is CommandInvocationOutcome.Failed
            or CommandInvocationOutcome.ExecutionTimedOut);
        var late = nodes.Count(outcome => outcome is CommandInvocationOutcome.DeliveryTimedOut);
        var unreached = nodes.Count(outcome => outcome is CommandInvocationOutcome.Undeliverable
            or CommandInvocationOutcome.InvalidPlatform or CommandInvocationOutcome.AccessDenied);
        var expected = errors > maxErrors || unreached == 3 ? "Failed/Failed"
            : late > 0 && late >= maxErrors ? "TimedOut/DeliveryTimedOut"
            : late > 0 ? "Failed/Incomplete"
            : "Success/Success";
        Assert.Equal(expected, $"{command.Status.Status.ToWire()}/{command.Status.Details.ToWire()}");
        return command.Status;
    }

    private static RateControl Rate(string concurrency, string errors)
    {
        Assert.True(RateControl.TryParse(concurrency, errors, out var rate, out var fault), fault);
        return rate;
    }

    private static CommandInvocationOutcome OutcomeOf(char letter) => letter switch
    {
        's' => CommandInvocationOutcome.Success,
        'f' => CommandInvocationOutcome.Failed,
        'x' => CommandInvocationOutcome.ExecutionTimedOut,
        'd' => CommandInvocationOutcome.DeliveryTimedOut,
        'u' => CommandInvocationOutcome.Undeliverable,
        'p' => CommandInvocationOutcome.InvalidPlatform,
        'n' => CommandInvocationOutcome.AccessDenied,
        'c' => CommandInvocationOutcome.Cancelled,
        _ => throw new ArgumentException($"No outcome has the letter '{letter}'.", nameof(letter)),
    };
}
