using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>Writes an inline policy of a role, or overwrites the one of that name.</summary>
public sealed class PutRolePolicy : PutInlinePolicy<PutRolePolicy.Request>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Role, request.RoleName, request.PolicyName, request.PolicyDocument);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? PolicyDocument { get; init; }
    }
}
