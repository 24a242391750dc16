using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>Attaches a managed policy to a role; one that hangs there already stays.</summary>
public sealed class AttachRolePolicy : AttachPolicy<AttachRolePolicy.Request>
{
    protected override AttachmentWish Asked(Request request) => new(EntityKind.Role, request.RoleName, request.PolicyArn);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(20, 2048)]
        public string? PolicyArn { get; init; }
    }
}
