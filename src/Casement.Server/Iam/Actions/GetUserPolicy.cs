using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>An inline policy of a user, percent-encoded.</summary>
public sealed class GetUserPolicy : GetInlinePolicy<GetUserPolicy.Request, GetUserPolicy.Reply>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.User, request.UserName, request.PolicyName, null);

    protected override Reply Answer(string holder, string policy, string document) =>
        new() { UserName = holder, PolicyName = policy, PolicyDocument = document };

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }

    public sealed record Reply
    {
        public string? UserName { get; init; }

        public string? PolicyName { get; init; }

        public string? PolicyDocument { get; init; }
    }
}
