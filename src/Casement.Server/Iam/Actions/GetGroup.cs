using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>A group with its members, by name.</summary>
public sealed class GetGroup : IamOperation<GetGroup.Request, GetGroup.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.Group, request.GroupName)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var group = Groups.ByName(tx, call.Scope, request.GroupName!) ?? throw IamErrors.NotFound(EntityKind.Group, request.GroupName!);
        var page = MarkerPages.Of(
            call, request.Marker, request.MaxItems, group.Id, (after, most) => Groups.Members(tx, group.Id, after, most), u => u.Name.ToLowerInvariant());
        return new Reply
        {
            Group = IamGroup.Of(call.Scope, group),
            Users = [.. page.Items.Select(u => IamUser.Of(call.Scope, u))],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }));

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IamGroup? Group { get; init; }

        public IReadOnlyList<IamUser>? Users { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
