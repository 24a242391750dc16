using Casement.Aws.Wire;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Iam.Actions;

public sealed class TagRole : TagEntity<TagRole.Request>
{
    protected override TagWish Asked(Request request) => new(EntityKind.Role, request.RoleName, request.Tags.Pairs());

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(0, 50)]
        public IReadOnlyList<IamTag>? Tags { get; init; }
    }
}
