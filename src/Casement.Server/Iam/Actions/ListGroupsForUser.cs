using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

public sealed class ListGroupsForUser : IamOperation<ListGroupsForUser.Request, ListGroupsForUser.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.On(call, Action, EntityKind.User, request.UserName)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var user = Entities.Demand(tx, call.Scope, EntityKind.User, request.UserName!);
        var page = MarkerPages.Of(
            call, request.Marker, request.MaxItems, user.Id, (after, most) => Groups.OfUser(tx, user.Id, after, most), g => g.Name.ToLowerInvariant());
        return new Reply { Groups = [.. page.Items.Select(g => IamGroup.Of(call.Scope, g))], IsTruncated = page.IsTruncated, Marker = page.Marker };
    }));

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<IamGroup>? Groups { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
