using Casement.Server.Operations;

namespace Casement.Server.Sts;

/// <summary>STS's operations.</summary>
public static class StsOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new AssumeRole(),
        new GetAccessKeyInfo(),
        new GetCallerIdentity(),
    ];
}
