using Casement.Storage;

namespace Casement.Server.Iam.Shapes;

/// <summary>An access key without its secret.</summary>
public sealed record KeyMetadata
{
    public string? UserName { get; init; }

    public string? AccessKeyId { get; init; }

    public string? Status { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    internal static KeyMetadata Of(string? userName, AccessKeyRow row) => new()
    {
        UserName = userName,
        AccessKeyId = row.KeyId,
        Status = row.Status,
        CreateDate = IamCalls.Second(row.CreatedMs),
    };
}
