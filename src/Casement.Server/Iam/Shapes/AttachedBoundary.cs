namespace Casement.Server.Iam.Shapes;

/// <summary>The policy that bounds a user or role.</summary>
public sealed record AttachedBoundary
{
    public string? PermissionsBoundaryType { get; init; }

    public string? PermissionsBoundaryArn { get; init; }

    internal static AttachedBoundary? Of(string? arn) =>
        arn is null ? null : new AttachedBoundary { PermissionsBoundaryType = "PermissionsBoundaryPolicy", PermissionsBoundaryArn = arn };
}
