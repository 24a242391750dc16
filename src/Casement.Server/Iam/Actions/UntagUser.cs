using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class UntagUser : UntagEntity<UntagUser.Request>
{
    protected override UntagWish Asked(Request request) => new(EntityKind.User, request.UserName, request.TagKeys ?? []);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(0, 50), EachLength(1, 128), EachPattern(IamPatterns.TagKey)]
        public IReadOnlyList<string>? TagKeys { get; init; }
    }
}
