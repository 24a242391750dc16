using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Server.Ssm.Commands;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>The node cannot handle the message at all: a command has failed there, a cancellation is over.</summary>
public sealed class FailMessage : Operation<FailMessage.Request, Nothing>
{
    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Nothing> Handle(Request request, Call call)
    {
        var id = await NodeAccess.SeatOf(call, request.MessageId);
        await call.Write(tx => NodeReplies.Fail(tx, call, id, request.FailureType!));
        return Nothing.Instance;
    }

    public sealed record Request
    {
        [Required, Length(1, 256)]
        public string? MessageId { get; init; }

        [Required, EnumValues("InternalHandlerException", "NoHandlerExists")]
        public string? FailureType { get; init; }
    }
}
