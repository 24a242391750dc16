using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class GetRole : IamOperation<GetRole.Request, GetRole.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Role, request.RoleName)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var row = Roles.ByName(tx, call.Scope, request.RoleName!) ?? throw IamErrors.NotFound(EntityKind.Role, request.RoleName!);
        return new Reply { Role = IamRole.Whole(tx, call.Scope, row) };
    }));

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }
    }

    public sealed record Reply
    {
        public IamRole? Role { get; init; }
    }
}
