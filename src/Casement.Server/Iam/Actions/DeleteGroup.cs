using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteGroup : IamOperation<DeleteGroup.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnArn(call, Action, EntityKind.Group, request.GroupName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var group = Entities.Demand(tx, call.Scope, EntityKind.Group, request.GroupName!);
        Dependents.DemandNoPolicies(tx, call.Scope, group);
        if (Groups.HasMembers(tx, group.Id))
        {
            throw IamErrors.Conflict("Cannot delete entity, must remove users from group first.");
        }

        Groups.Delete(tx, call.Scope, group.Id);
    });

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }
    }
}
