using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Commands;

/// <summary>What narrows a listing of commands or invocations.</summary>
public sealed record CommandFilter
{
    [WireName("key"), Required, EnumValues("InvokedAfter", "InvokedBefore", "Status", "ExecutionStage", "DocumentName")]
    public string? Key { get; init; }

    [WireName("value"), Required, Length(1, 128)]
    public string? Value { get; init; }
}
