using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteUser : IamOperation<DeleteUser.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnArn(call, Action, EntityKind.User, request.UserName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var user = Entities.Demand(tx, call.Scope, EntityKind.User, request.UserName!);
        Dependents.DemandNoPolicies(tx, call.Scope, user);
        if (AccessKeys.OfUser(tx, call.Scope, user.Id).Count > 0)
        {
            throw IamErrors.Conflict("Cannot delete entity, must delete access keys first.");
        }

        if (Groups.CountOfUser(tx, user.Id) > 0)
        {
            throw IamErrors.Conflict("Cannot delete entity, must remove users from group first.");
        }

        Tags.Clear(tx, call.Scope.Global, PrincipalTags.UserKind, user.Id);
        Users.Delete(tx, call.Scope, user.Id);
    });

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }
    }
}
