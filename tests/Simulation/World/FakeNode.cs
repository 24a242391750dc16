using System.Text.Json;
using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Server.Operations;
using Casement.Server.Ssm.Nodes.Messages;
using Casement.Simulation.Tests.Machinery;

namespace Casement.Simulation.Tests.World;

/// <summary>
/// A machine with an agent that forgets after half an hour which commands it had, as the stock one does. It answers late, twice,
/// never, out of order, with failure, and runs what it is asked to; it must not be asked to start anything twice.
/// </summary>
internal sealed class FakeNode(Simulation simulation, string id, Principal session)
{
    private const long MemoryMs = 30 * 60_000;
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private readonly int _failures = simulation.Dice.Pick([0, 10, 30, 80]);
    private readonly int _silence = simulation.Dice.Pick([0, 0, 5, 30]);
    private readonly int _laziness = simulation.Dice.Pick([0, 0, 10, 40]);

    private Dice Dice => simulation.Dice;

    public async Task Live()
    {
        while (true)
        {
            if (Dice.Chance(3))
            {
                // switched off for a while
                await Sleep(Dice.Milliseconds(4 * 3_600_000));
            }

            try
            {
                await Poll();
            }
            catch (BrokenConnection)
            {
                await Sleep(Dice.Milliseconds(10_000));
            }
            catch (AwsException e)
            {
                simulation.History.Say($"{id} is refused: {e.Code}");
                await Sleep(e.Status >= 500 ? Dice.Milliseconds(10_000) : 30 * 60_000);
            }
        }
    }

    private async Task Poll()
    {
        using var hangUp = new CancellationTokenSource();
        if (Dice.Chance(5))
        {
            simulation.Loop.At(simulation.World, Dice.Milliseconds(15_000), () => HangUp(hangUp));
        }

        var reply = await Call(new GetMessages(), new GetMessages.Request { Destination = id }, hangUp.Token);
        foreach (var message in reply.Messages!)
        {
            simulation.Start(simulation.World, () => Take(message));
        }
    }

    private static void HangUp(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the poll was answered before
        }
    }

    private Task Take(GetMessages.Message message) => message.Topic!.Contains("cancel", StringComparison.OrdinalIgnoreCase)
        ? TakeCancel(message)
        : TakeCommand(message.MessageId!);

    private async Task TakeCancel(GetMessages.Message message)
    {
        var cancelled = JsonSerializer.Deserialize(message.Payload!, NodeJson.Wire.CancelCommandPayload)!.CancelMessageId!;
        if (_held.TryGetValue(cancelled, out var held) && !Dice.Chance(20))
        {
            held.Cancelled = true;
        }

        if (!Dice.Chance(_silence))
        {
            await Insist(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = message.MessageId });
        }
    }

    private async Task TakeCommand(string messageId)
    {
        var now = simulation.Loop.NowMs;
        if (_held.TryGetValue(messageId, out var known) && (known.Final is null || now - known.SinceMs < MemoryMs))
        {
            simulation.History.Say($"{id} has {messageId} already");
            await Acknowledge(messageId);
            if (known.Final is { } final)
            {
                await Reply(messageId, final, "again");
            }

            return;
        }

        if (Dice.Chance(_silence))
        {
            simulation.History.Say($"{id} drops {messageId}");
            return;
        }

        if (Dice.Chance(2))
        {
            await Insist(new FailMessage(), new FailMessage.Request { MessageId = messageId, FailureType = "NoHandlerExists" });
            return;
        }

        var held = _held[messageId] = new Held(now);
        if (Dice.Chance(70) && !await Acknowledge(messageId))
        {
            simulation.History.Say($"{id} hears that {messageId} was withdrawn");
            held.Final = ReplyStatus.Cancelled;
            return;
        }

        simulation.History.Say($"{id} starts {messageId}");
        Violation.Unless(_started.Add(messageId), "started at most once", $"{id} was asked to start {messageId} again");
        if (Dice.Chance(30))
        {
            await Reply(messageId, ReplyStatus.InProgress, "progress");
        }

        await Run(messageId, held);
    }

    private async Task Run(string messageId, Held held)
    {
        var takesMs = Dice.Chance(_laziness) ? Dice.Milliseconds(3 * 3_600_000) : Dice.Milliseconds(300_000);
        var untilMs = simulation.Loop.NowMs + (Dice.Chance(85) ? takesMs : simulation.UntilMark(takesMs));
        while (simulation.Loop.NowMs < untilMs && !held.Cancelled)
        {
            await Sleep(Math.Min(untilMs - simulation.Loop.NowMs, 60_000));
        }

        var final = held.Cancelled ? ReplyStatus.Cancelled : !Dice.Chance(_failures) ? ReplyStatus.Success : Dice.Chance(80) ? ReplyStatus.Failed : ReplyStatus.TimedOut;
        held.Final = final;
        simulation.History.Say($"{id} ends {messageId} {final}");
        if (Dice.Chance(_silence))
        {
            return;
        }

        await Reply(messageId, final, "end");
        if (Dice.Chance(15))
        {
            // late, and by then perhaps of another opinion
            await Sleep(Dice.Milliseconds(600_000));
            await Reply(messageId, Dice.Pick([ReplyStatus.InProgress, ReplyStatus.Failed, ReplyStatus.Success, final]), "late");
        }
    }

    /// <summary>False when the server says that it must not be started any more.</summary>
    private async Task<bool> Acknowledge(string messageId) =>
        Dice.Chance(_silence) || await Insist(new AcknowledgeMessage(), new AcknowledgeMessage.Request { MessageId = messageId });

    private async Task Reply(string messageId, string status, string replyId)
    {
        var payload = JsonSerializer.Serialize(new ReplyPayload(null, status, "", null), NodeJson.Wire.ReplyPayload);
        var request = new SendReply.Request { MessageId = messageId, ReplyId = replyId, Payload = payload };
        await Insist(new SendReply(), request);
        if (Dice.Chance(10))
        {
            await Insist(new SendReply(), request);
        }
    }

    /// <summary>Again until the server has answered, or patience is over; false when it refused.</summary>
    private async Task<bool> Insist<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request)
        where TRequest : class
        where TReply : class
    {
        for (var i = 0; i < 12; i++)
        {
            try
            {
                await Call(operation, request, CancellationToken.None);
                return true;
            }
            catch (BrokenConnection)
            {
                await Sleep(Dice.Milliseconds(120_000));
            }
            catch (AwsException e) when (e.Status >= 500)
            {
                await Sleep(Dice.Milliseconds(120_000));
            }
            catch (AwsException)
            {
                return false;
            }
        }

        return true;
    }

    private Task<TReply> Call<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, CancellationToken aborted)
        where TRequest : class
        where TReply : class => simulation.Call(operation, request, session, aborted);

    private Task Sleep(long ms) => simulation.Loop.Sleep(simulation.World, ms);

    private sealed class Held(long sinceMs)
    {
        public long SinceMs => sinceMs;

        public bool Cancelled { get; set; }

        public string? Final { get; set; }
    }
}
