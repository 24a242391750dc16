using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>The names of a group's inline policies.</summary>
public sealed class ListGroupPolicies : ListInlinePolicies<ListGroupPolicies.Request>
{
    protected override Listing Asked(Request request) => new(EntityKind.Group, request.GroupName, request.Marker, request.MaxItems);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? GroupName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }
}
