using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class UntagRole : UntagEntity<UntagRole.Request>
{
    protected override UntagWish Asked(Request request) => new(EntityKind.Role, request.RoleName, request.TagKeys ?? []);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(0, 50), EachLength(1, 128), EachPattern(IamPatterns.TagKey)]
        public IReadOnlyList<string>? TagKeys { get; init; }
    }
}
