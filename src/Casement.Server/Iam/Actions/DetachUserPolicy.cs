using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DetachUserPolicy : DetachPolicy<DetachUserPolicy.Request>
{
    protected override AttachmentWish Asked(Request request) => new(EntityKind.User, request.UserName, request.PolicyArn);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }
    }
}
