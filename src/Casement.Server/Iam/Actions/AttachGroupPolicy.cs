using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>Attaches a managed policy to a group; one that hangs there already stays.</summary>
public sealed class AttachGroupPolicy : AttachPolicy<AttachGroupPolicy.Request>
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
