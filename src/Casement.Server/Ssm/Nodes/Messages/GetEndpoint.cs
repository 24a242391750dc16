using Casement.Aws.Wire;
using Casement.Server.Operations;

namespace Casement.Server.Ssm.Nodes.Messages;

/// <summary>Where a node polls: where it already does, so the answer names no other place.</summary>
public sealed class GetEndpoint : Operation<GetEndpoint.Request, GetEndpoint.Reply>
{
    public override Service Service => Service.Messages;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [new Access(Action, "*")];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        await NodeAccess.Seat(call, request.Destination!);
        return new Reply();
    }

    public sealed record Request
    {
        [Required, Length(1, 124)]
        public string? Destination { get; init; }
    }

    public sealed record Reply
    {
        public string? Endpoint { get; init; }
    }
}
