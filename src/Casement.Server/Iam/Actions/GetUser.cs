using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>A user by name; without a name, the caller.</summary>
public sealed class GetUser : IamOperation<GetUser.Request, GetUser.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnUserOrSelf(call, Action, request.UserName)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var name = request.UserName ?? (call.Principal as Principal.User)?.Name;
        if (name is null)
        {
            return call.Principal is Principal.Root root
                ? new Reply { User = new IamUser { UserId = root.Account, Arn = root.Arn } }
                : throw IamErrors.NeedsUserName();
        }

        var row = Users.ByName(tx, call.Scope, name) ?? throw IamErrors.NotFound(EntityKind.User, name);
        return new Reply
        {
            User = IamUser.Of(call.Scope, row) with
            {
                PermissionsBoundary = AttachedBoundary.Of(row.BoundaryArn),
                Tags = Tags.Of(tx, call.Scope.Global, PrincipalTags.UserKind, row.Id).Shown(),
            },
        };
    }));

    public sealed record Request
    {
        [Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }
    }

    public sealed record Reply
    {
        public IamUser? User { get; init; }
    }
}
