using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Iam.Actions;

public sealed class TagUser : TagEntity<TagUser.Request>
{
    protected override TagWish Asked(Request request) => new(EntityKind.User, request.UserName, request.Tags.Pairs());

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }
}
