using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

/// <summary>The names of a user's inline policies.</summary>
public sealed class ListUserPolicies : ListInlinePolicies<ListUserPolicies.Request>
{
    protected override Listing Asked(Request request) => new(EntityKind.User, request.UserName, request.Marker, request.MaxItems);

    public sealed record Request
    {
        [Required, Length(1, 128), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }
}
