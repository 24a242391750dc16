using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>Users by name, under a path.</summary>
public sealed class ListUsers : IamOperation<ListUsers.Request, ListUsers.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.ToList(call, Action, EntityKind.User, request.PathPrefix)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var prefix = request.PathPrefix ?? "/";
        var page = MarkerPages.Of(
            call, request.Marker, request.MaxItems, prefix, (after, most) => Users.Page(tx, call.Scope, prefix, after, most), u => u.Name.ToLowerInvariant());
        return new Reply { Users = [.. page.Items.Select(u => IamUser.Of(call.Scope, u))], IsTruncated = page.IsTruncated, Marker = page.Marker };
    }));

    public sealed record Request
    {
        [Length(1, 512), Pattern(IamPatterns.PathPrefix)]
        public string? PathPrefix { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<IamUser>? Users { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
