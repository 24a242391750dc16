using Casement.Aws.Wire;

namespace Casement.Server.Ssm;

/// <summary>The log group that a command's output goes to.</summary>
public sealed record CloudWatchOutputConfig
{
    [Length(1, 512)]
    public string? CloudWatchLogGroupName { get; init; }

    public bool? CloudWatchOutputEnabled { get; init; }
}
