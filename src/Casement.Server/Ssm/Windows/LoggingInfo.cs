using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Windows;

/// <summary>Legacy: where the output of a RUN_COMMAND task goes that has no TaskInvocationParameters.</summary>
public sealed record LoggingInfo
{
    [Required, Length(3, 63)]
    public string? S3BucketName { get; init; }

    [Length(0, 500)]
    public string? S3KeyPrefix { get; init; }

    [Required, Length(3, 20)]
    public string? S3Region { get; init; }
}
