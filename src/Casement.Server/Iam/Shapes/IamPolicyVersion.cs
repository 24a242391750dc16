using Casement.Storage;

namespace Casement.Server.Iam.Shapes;

/// <summary>A version of a managed policy as replies show it; only <c>GetPolicyVersion</c> shows the document.</summary>
public sealed record IamPolicyVersion
{
    public string? Document { get; init; }

    public string? VersionId { get; init; }

    public bool? IsDefaultVersion { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    internal static IamPolicyVersion Of(PolicyVersionRow row, int defaultVersion) => new()
    {
        VersionId = $"v{row.Number}",
        IsDefaultVersion = row.Number == defaultVersion,
        CreateDate = IamCalls.Second(row.CreatedMs),
    };

    internal static IamPolicyVersion Of(AwsManagedPolicy policy) => new()
    {
        VersionId = policy.DefaultVersion,
        IsDefaultVersion = true,
        CreateDate = policy.Updated,
    };
}
