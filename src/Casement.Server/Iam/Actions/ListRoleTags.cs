using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class ListRoleTags : ListEntityTags<ListRoleTags.Request>
{
    protected override Listing Asked(Request request) => new(EntityKind.Role, request.RoleName, request.Marker, request.MaxItems);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Length(1, 320), Pattern(IamPatterns.Marker)]
        public string? Marker { get; init; }

        [Range(1, 1000)]
        public int? MaxItems { get; init; }
    }
}
