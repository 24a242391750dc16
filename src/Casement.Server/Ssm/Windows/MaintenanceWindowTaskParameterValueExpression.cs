using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Windows;

/// <summary>Legacy: the values of one parameter.</summary>
public sealed record MaintenanceWindowTaskParameterValueExpression
{
    [Sensitive, EachLength(1, 255)]
    public IReadOnlyList<string>? Values { get; init; }
}
