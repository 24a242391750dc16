namespace Casement.Server.Iam;

/// <summary>What the listings of one entity's things ask for.</summary>
public sealed record Listing(EntityKind Kind, string? Name, string? Marker, int? MaxItems)
{
    public string? PathPrefix { get; init; }
}
