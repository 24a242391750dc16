using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>Writes an inline policy of a group, or overwrites the one of that name.</summary>
public sealed class PutGroupPolicy : PutInlinePolicy<PutGroupPolicy.Request>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Group, request.GroupName, request.PolicyName, request.PolicyDocument);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }

        [Required, Length(1, 131072), Pattern(IamPatterns.Document)]
        public string? PolicyDocument { get; init; }
    }
}
