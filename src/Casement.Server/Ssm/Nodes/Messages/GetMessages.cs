using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Aws.Wire;
using Casement.Server.Engine;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>
/// A node asks for its messages and waits a quarter of a minute if there are none. It gets all at once, since the stock agent
/// pauses for two seconds after a quick answer. One poll a node: a newer one ends the older. What was handed out is hidden for a
/// minute; a poll whose client has left takes nothing.
/// </summary>
public sealed class GetMessages : Operation<GetMessages.Request, GetMessages.Reply>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Read;

    public override bool IsSignOfLife => true;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var nodeId = request.Destination!;
        await NodeAccess.Seat(call, nodeId);
        var bells = call.Backstage.NodeBells;
        using var seat = bells.TakeSeat() ?? throw new AwsException("TooManyRequestsException", $"More than {NodeBells.PollsMax} nodes wait for messages already.");
        var until = call.Backstage.Clock.RealNow + Patience;
        using var poll = bells.Enter(nodeId);
        while (true)
        {
            var messages = await HandOut(call, nodeId);
            if (messages.Count > 0)
            {
                return Answer(request, call, messages);
            }

            var end = await poll.Wait(until - call.Backstage.Clock.RealNow, call.Aborted);
            call.Aborted.ThrowIfCancellationRequested();
            if (end != PollEnd.Rung)
            {
                return Answer(request, call, []);
            }
        }
    }

    private static async Task<List<NodeMessageRow>> HandOut(Call call, string nodeId)
    {
        var clock = call.Backstage.Clock;
        if (call.Read(tx => Storage.Mailbox.Waiting(tx, nodeId, clock.NowMs)).Count == 0)
        {
            return [];
        }

        var nowMs = clock.NowMs;
        var taken = await call.Write(tx =>
        {
            List<NodeMessageRow> messages = call.Aborted.IsCancellationRequested ? [] : Storage.Mailbox.Waiting(tx, nodeId, nowMs);
            Storage.Mailbox.HandOut(tx, messages, nowMs);
            return messages;
        });
        if (taken.Count > 0)
        {
            CrashPoint.Pass(CrashPoint.MessageHandedOut);
            call.Backstage.Bells.CommandDue(nowMs + Storage.Mailbox.VisibilityMs);
        }

        if (call.Aborted.IsCancellationRequested)
        {
            await call.Backstage.Database.Write(tx => Storage.Mailbox.TakeBack(tx, taken, nowMs));
            call.Backstage.NodeBells.Ring(nodeId);
            call.Aborted.ThrowIfCancellationRequested();
        }

        return taken;
    }

    private static Reply Answer(Request request, Call call, List<NodeMessageRow> messages)
    {
        // by the real clock: agents compare it with theirs
        var now = NodeInstant.Format(call.Backstage.Clock.RealNow);
        var region = call.Scope.Region.Replace('-', '.');
        return new Reply
        {
            Destination = request.Destination,
            MessagesRequestId = request.MessagesRequestId,
            Messages =
            [
                .. messages.Select(m => new Message
                {
                    CreatedDate = now,
                    Destination = request.Destination,
                    MessageId = m.MessageId,
                    Payload = m.Payload ?? call.Read(tx => Storage.Commands.Payload(tx, m.CommandId)) ?? "{}",
                    PayloadDigest = "",
                    Topic = $"{(m.IsCancel ? NodeTopics.CancelCommand : NodeTopics.SendCommand)}.{region}.1",
                }),
            ],
        };
    }

    public sealed record Request
    {
        [Required, Length(1, 124)]
        public string? Destination { get; init; }

        [Length(0, 128)]
        public string? MessagesRequestId { get; init; }

        public int? VisibilityTimeoutInSeconds { get; init; }
    }

    public sealed record Reply
    {
        public string? Destination { get; init; }

        public string? MessagesRequestId { get; init; }

        public IReadOnlyList<Message>? Messages { get; init; }
    }

    public sealed record Message
    {
        public string? CreatedDate { get; init; }

        public string? Destination { get; init; }

        public string? MessageId { get; init; }

        [Sensitive]
        public string? Payload { get; init; }

        public string? PayloadDigest { get; init; }

        public string? Topic { get; init; }
    }
}
