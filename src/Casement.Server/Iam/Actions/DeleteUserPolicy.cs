using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteUserPolicy : DeleteInlinePolicy<DeleteUserPolicy.Request>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.User, request.UserName, request.PolicyName, null);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }
}
