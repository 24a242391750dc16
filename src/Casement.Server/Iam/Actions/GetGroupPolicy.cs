using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>An inline policy of a group, percent-encoded.</summary>
public sealed class GetGroupPolicy : GetInlinePolicy<GetGroupPolicy.Request, GetGroupPolicy.Reply>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Group, request.GroupName, request.PolicyName, null);

    protected override Reply Answer(string holder, string policy, string document) =>
        new() { GroupName = holder, PolicyName = policy, PolicyDocument = document };

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }

    public sealed record Reply
    {
        public string? GroupName { get; init; }

        public string? PolicyName { get; init; }

        public string? PolicyDocument { get; init; }
    }
}
