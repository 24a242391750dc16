using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>
/// The node has the message. May come again, late, or after the command's end: then it changes nothing, and is refused if the command
/// was withdrawn before the node had it.
/// </summary>
public sealed class AcknowledgeMessage : Operation<AcknowledgeMessage.Request, Nothing>
{
    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var (_, id) = await NodeAccess.SeatOf(call, request.MessageId);
        await call.Write(tx => NodeReplies.Acknowledge(tx, call, id));
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(1, 256)]
        public string? MessageId { get; init; }
    }
}
