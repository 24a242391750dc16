using Casement.Server.Operations;

namespace Casement.Server.Sts;

/// <summary>Who the caller is. Needs no permission and cannot be denied.</summary>
public sealed class GetCallerIdentity : Operation<GetCallerIdentity.Request, GetCallerIdentity.Reply>
{
    public override Service Service => Service.Sts;

    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [];

    protected override Task<Reply> Handle(Request request, Call call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Task.FromResult(new Reply { UserId = call.Principal.UserId, Account = call.Principal.Account, Arn = call.Principal.Arn });
    }

    public sealed record Request;

    public sealed record Reply
    {
        public string? UserId { get; init; }

        public string? Account { get; init; }

        public string? Arn { get; init; }
    }
}
