using System.Globalization;
using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam.Actions;

/// <summary>A user's keys, without a name the caller's, by age.</summary>
public sealed class ListAccessKeys : IamOperation<ListAccessKeys.Request, ListAccessKeys.Reply>
{
    public override Effect Effect => Effect.Read;

    protected override IEnumerable<Access> Needs(Request request, Call call) => [IamAccess.OnUserOrSelf(call, Action, request.UserName)];

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        var owner = KeyOwner.Of(tx, call, request.UserName);
        var page = MarkerPages.Cut(
            call, request.Marker, request.MaxItems, owner.UserId, AccessKeys.OfUser(tx, call.Scope, owner.UserId),
            k => string.Create(CultureInfo.InvariantCulture, $"{k.CreatedMs:D16} {k.KeyId}"));
        return new Reply
        {
            AccessKeyMetadata = [.. page.Items.Select(k => KeyMetadata.Of(owner.UserName, k))],
            IsTruncated = page.IsTruncated,
            Marker = page.Marker,
        };
    }));

    public sealed record Request
    {
        [Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<KeyMetadata>? AccessKeyMetadata { get; init; }

        public bool? IsTruncated { get; init; }

        public string? Marker { get; init; }
    }
}
