using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteRolePolicy : DeleteInlinePolicy<DeleteRolePolicy.Request>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Role, request.RoleName, request.PolicyName, null);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }
}
