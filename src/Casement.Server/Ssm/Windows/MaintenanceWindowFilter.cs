using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Windows;

/// <summary>Narrows a listing: values of one filter are alternatives, several filters must all hold.</summary>
public sealed record MaintenanceWindowFilter
{
    [Length(1, 128)]
    public string? Key { get; init; }

    [EachLength(1, 256)]
    public IReadOnlyList<string>? Values { get; init; }
}
