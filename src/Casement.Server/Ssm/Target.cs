using Casement.Aws.Wire;

namespace Casement.Server.Ssm;

/// <summary>One entry of a list of targets. Entries of one list must all hold; values of one entry are alternatives.</summary>
public sealed record Target
{
    [Length(1, 163), Pattern(@"^[\p{L}\p{Z}\p{N}_.:/=\-@]*$|resource-groups:ResourceTypeFilters|resource-groups:Name")]
    public string? Key { get; init; }

    [Length(0, 50)]
    public IReadOnlyList<string>? Values { get; init; }
}
