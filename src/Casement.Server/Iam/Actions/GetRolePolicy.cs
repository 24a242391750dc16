using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>An inline policy of a role, percent-encoded.</summary>
public sealed class GetRolePolicy : GetInlinePolicy<GetRolePolicy.Request, GetRolePolicy.Reply>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Role, request.RoleName, request.PolicyName, null);

    protected override Reply Answer(string holder, string policy, string document) =>
        new() { RoleName = holder, PolicyName = policy, PolicyDocument = document };

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }

    public sealed record Reply
    {
        public string? RoleName { get; init; }

        public string? PolicyName { get; init; }

        public string? PolicyDocument { get; init; }
    }
}
