using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>The managed policies that hang on a group, by name.</summary>
public sealed class ListAttachedGroupPolicies : ListAttachedPolicies<ListAttachedGroupPolicies.Request>
{
    protected override Listing Asked(Request request) =>
        new(EntityKind.Group, request.GroupName, request.Marker, request.MaxItems) { PathPrefix = request.PathPrefix };

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Length(1, 512), Pattern(IamPatterns.PolicyPath)]
        public string? PathPrefix { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }
}
