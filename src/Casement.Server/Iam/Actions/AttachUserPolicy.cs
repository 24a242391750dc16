using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>Attaches a managed policy to a user; one that hangs there already stays.</summary>
public sealed class AttachUserPolicy : AttachPolicy<AttachUserPolicy.Request>
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
