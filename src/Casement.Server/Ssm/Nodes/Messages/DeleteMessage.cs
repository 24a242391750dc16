using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>Removes a message. It counts as taken: what the node makes of it is for its replies, and for the deadline, to say.</summary>
public sealed class DeleteMessage : Operation<DeleteMessage.Request, Nothing>
{
    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var id = await NodeAccess.SeatOf(call, request.MessageId);
        await call.Write(tx => NodeReplies.Acknowledge(tx, call, id));
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(1, 256)]
        public string? MessageId { get; init; }
    }
}
