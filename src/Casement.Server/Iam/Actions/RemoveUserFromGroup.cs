using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class RemoveUserFromGroup : IamOperation<RemoveUserFromGroup.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Group, request.GroupName)];

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var group = Entities.Demand(tx, call.Scope, EntityKind.Group, request.GroupName!);
        var user = Entities.Demand(tx, call.Scope, EntityKind.User, request.UserName!);
        if (!Groups.RemoveMember(tx, group.Id, user.Id))
        {
            throw IamErrors.NoSuchEntity($"User {user.Name} not in group {group.Name}");
        }
    });

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }
    }
}
