using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DetachGroupPolicy : DetachPolicy<DetachGroupPolicy.Request>
{
    protected override AttachmentWish Asked(Request request) => new(EntityKind.Group, request.GroupName, request.PolicyArn);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }
    }
}
