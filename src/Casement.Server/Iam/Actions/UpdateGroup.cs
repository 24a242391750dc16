using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Renames or moves a group; members and policies follow, since they hold the group's id.</summary>
public sealed class UpdateGroup : IamOperation<UpdateGroup.Request, Nothing>
{
    public override Effect Effect => Effect.Write;

    /// <inheritdoc cref="UpdateUser.Needs"/>
    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        yield return IamAccess.On(call, Action, EntityKind.Group, request.GroupName);
        if (request.NewGroupName is not null || request.NewPath is not null)
        {
            yield return IamAccess.ToRename(call, Action, EntityKind.Group, request.GroupName, request.NewPath, request.NewGroupName);
        }
    }

    protected override Task<Nothing> Handle(Request request, Call call) => call.WriteIam(tx =>
    {
        var group = Entities.Demand(tx, call.Scope, EntityKind.Group, request.GroupName!);
        var name = request.NewGroupName ?? group.Name;
        if (Groups.ByName(tx, call.Scope, name) is { } other && other.Id != group.Id)
        {
            throw IamErrors.Exists(EntityKind.Group, name);
        }

        Groups.Move(tx, call.Scope, group.Id, name, request.NewPath ?? group.Path);
    });

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Length(1, 512), Pattern(IamPatterns.Path)]
        public string? NewPath { get; init; }

        [Length(1, 128), Pattern(IamPatterns.Name)]
        public string? NewGroupName { get; init; }
    }
}
