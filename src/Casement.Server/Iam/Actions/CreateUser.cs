using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class CreateUser : IamOperation<CreateUser.Request, CreateUser.Reply>
{
    public override Effect Effect => Effect.Write;

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        var create = IamAccess.ToCreate(call, Action, EntityKind.User, request.Path, request.UserName)
            .With("iam:PermissionsBoundary", request.PermissionsBoundary) with
        { RequestTags = request.Tags.Pairs() };
        return request.Tags is { Count: > 0 } ? [create, create with { Action = "iam:TagUser" }] : [create];
    }

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var tags = request.Tags.Pairs();
        IamTagRules.Check(tags);
        var quotas = call.Backstage.Quotas;
        var row = await call.WriteIam(tx =>
        {
            if (Users.ByName(tx, call.Scope, request.UserName!) is not null)
            {
                throw IamErrors.Exists(EntityKind.User, request.UserName!);
            }

            IamLimits.DemandRoom(quotas, Users.Count(tx, call.Scope), IamLimits.Users, "UsersPerAccount");
            var boundary = request.PermissionsBoundary is { } arn ? PolicyCatalog.DemandAttachable(tx, call.Scope, arn).Arn : null;
            var user = new UserRow(Ids.Entity("AIDA"), request.UserName!, request.Path ?? "/", boundary, call.NowMs);
            Users.Insert(tx, call.Scope, user);
            IamTagRules.Set(tx, call.Scope, PrincipalTags.UserKind, user.Id, tags, quotas);
            return user;
        });
        return new Reply
        {
            User = IamUser.Of(call.Scope, row) with { Tags = tags.Shown(), PermissionsBoundary = AttachedBoundary.Of(row.BoundaryArn) },
        };
    }

    public sealed record Request
    {
        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? Path { get; init; }

        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Length(20, 2048)]
        public string? PermissionsBoundary { get; init; }

        [Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }

    public sealed record Reply
    {
        public IamUser? User { get; init; }
    }
}
