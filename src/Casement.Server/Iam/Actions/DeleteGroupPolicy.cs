using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteGroupPolicy : DeleteInlinePolicy<DeleteGroupPolicy.Request>
{
    protected override InlinePolicyText Asked(Request request) => new(EntityKind.Group, request.GroupName, request.PolicyName, null);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? PolicyName { get; init; }
    }
}
