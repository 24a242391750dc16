using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Renames or moves a user; keys, memberships, policies and trust follow, since they hold the user's id.</summary>
public sealed class UpdateUser : IamOperation<UpdateUser.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    /// <summary>The right on the old name and on the new one, which could otherwise take over what policies grant to it.</summary>
    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        yield return IamAccess.On(call, Action, EntityKind.User, request.UserName);
        if (request.NewUserName is not null || request.NewPath is not null)
        {
            yield return IamAccess.ToRename(call, Action, EntityKind.User, request.UserName, request.NewPath, request.NewUserName);
        }
    }

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var user = Entities.Demand(tx, call.Scope, EntityKind.User, request.UserName!);
        var name = request.NewUserName ?? user.Name;
        if (Users.ByName(tx, call.Scope, name) is { } other && other.Id != user.Id)
        {
            throw IamErrors.Exists(EntityKind.User, name);
        }

        Users.Move(tx, call.Scope, user.Id, name, request.NewPath ?? user.Path);
    });

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? NewPath { get; init; }

        [Length(1, 64), Pattern(IamPatterns.Name)]
        public string? NewUserName { get; init; }
    }
}
