using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>
/// What a node reports of a command: progress, one step's result, or the end. Comes at least once, late and out of order; the
/// second of the same id changes nothing.
/// </summary>
public sealed class SendReply : Operation<SendReply.Request, SendReply.Reply>
{
    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var id = await NodeAccess.SeatOf(call, request.MessageId);
        var payload = NodeReplies.Read(request.Payload!);
        await call.Write(tx =>
        {
            if (Storage.Mailbox.TakeReply(tx, request.MessageId!, request.ReplyId!, call.NowMs))
            {
                NodeReplies.Apply(tx, call, id, payload);
                CrashPoint.Pass(CrashPoint.ReplyInUnit);
            }
        });
        CrashPoint.Pass(CrashPoint.ReplyCommitted);
        return new Reply { MessageId = request.MessageId, ReplyId = request.ReplyId, ReplyStatus = "Queued", Description = "" };
    }

    public sealed record Request
    {
        [Required, Length(1, 256)]
        public string? MessageId { get; init; }

        [Required, Sensitive, Length(1, -1)]
        public string? Payload { get; init; }

        [Required, Length(1, 128)]
        public string? ReplyId { get; init; }
    }

    public sealed record Reply
    {
        public string? MessageId { get; init; }

        public string? ReplyId { get; init; }

        public string? ReplyStatus { get; init; }

        public string? Description { get; init; }
    }
}
