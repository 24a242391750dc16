using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class UpdateRoleDescription : IamOperation<UpdateRoleDescription.Request, UpdateRoleDescription.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Role, request.RoleName)];

    protected override async Task<Reply> Handle(Request request, Call call) => new()
    {
        Role = await call.WriteIam(tx =>
        {
            var row = Roles.ByName(tx, call.Scope, request.RoleName!) ?? throw IamErrors.NotFound(EntityKind.Role, request.RoleName!);
            Roles.Describe(tx, call.Scope, row.Id, request.Description, row.MaxSessionSeconds);
            return IamRole.Whole(tx, call.Scope, row with { Description = request.Description });
        }),
    };

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(0, 1000), Pattern(IamPatterns.Description)]
        public string? Description { get; init; }
    }

    public sealed record Reply
    {
        public IamRole? Role { get; init; }
    }
}
