using System.Diagnostics;

namespace Casement.Server.Iam.Shapes;

/// <summary>A managed policy as replies show it, without its document.</summary>
public sealed record IamPolicy
{
    public string? PolicyName { get; init; }

    public string? PolicyId { get; init; }

    public string? Arn { get; init; }

    public string? Path { get; init; }

    public string? DefaultVersionId { get; init; }

    public int? AttachmentCount { get; init; }

    public int? PermissionsBoundaryUsageCount { get; init; }

    public bool? IsAttachable { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    public DateTimeOffset? UpdateDate { get; init; }

    public IReadOnlyList<IamTag>? Tags { get; init; }

    internal static IamPolicy Of(KnownPolicy policy, int attachments, int boundaries) => Of(policy) with
    {
        AttachmentCount = attachments,
        PermissionsBoundaryUsageCount = boundaries,
        IsAttachable = policy.IsAttachable,
    };

    private static IamPolicy Of(KnownPolicy policy) => policy switch
    {
        KnownPolicy.Own { Row: var row } => new IamPolicy
        {
            PolicyName = row.Name,
            PolicyId = row.Id,
            Arn = row.Arn,
            Path = row.Path,
            DefaultVersionId = $"v{row.DefaultVersion}",
            CreateDate = IamCalls.Second(row.CreatedMs),
            UpdateDate = IamCalls.Second(row.ModifiedMs),
        },
        KnownPolicy.Aws { Policy: var p } => new IamPolicy
        {
            PolicyName = p.Name,
            PolicyId = p.Id,
            Arn = p.Arn,
            Path = p.Path,
            DefaultVersionId = p.DefaultVersion,
            CreateDate = p.Created,
            UpdateDate = p.Updated,
        },
        _ => throw new UnreachableException(),
    };
}
