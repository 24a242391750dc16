using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class CreateGroup : IamOperation<CreateGroup.Request, CreateGroup.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call) =>
        [IamAccess.ToCreate(call, Action, EntityKind.Group, request.Path, request.GroupName)];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var row = await call.WriteIam(tx =>
        {
            if (Groups.ByName(tx, call.Scope, request.GroupName!) is not null)
            {
                throw IamErrors.Exists(EntityKind.Group, request.GroupName!);
            }

            IamLimits.DemandRoom(call.Backstage.Quotas, Groups.Count(tx, call.Scope), IamLimits.Groups, "GroupsPerAccount");
            var group = new GroupRow(Ids.Entity("AGPA"), request.GroupName!, request.Path ?? "/", call.NowMs);
            Groups.Insert(tx, call.Scope, group);
            return group;
        });
        return new Reply { Group = IamGroup.Of(call.Scope, row) };
    }

    public sealed record Request
    {
        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? Path { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }
    }

    public sealed record Reply
    {
        public IamGroup? Group { get; init; }
    }
}
