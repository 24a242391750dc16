using Casement.Storage;

namespace Casement.Server.Iam.Shapes;

/// <summary>A role as replies show it; the trust policy is percent-encoded and names users and roles by ARN.</summary>
public sealed record IamRole
{
    public string? Path { get; init; }

    public string? RoleName { get; init; }

    public string? RoleId { get; init; }

    public string? Arn { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    public string? AssumeRolePolicyDocument { get; init; }

    public string? Description { get; init; }

    public int? MaxSessionDuration { get; init; }

    public AttachedBoundary? PermissionsBoundary { get; init; }

    public IReadOnlyList<IamTag>? Tags { get; init; }

    /// <summary>What every reply has; lists and creations leave out more than <c>GetRole</c> does.</summary>
    internal static IamRole Of(Tx tx, Scope scope, RoleRow row) => new()
    {
        Path = row.Path,
        RoleName = row.Name,
        RoleId = row.Id,
        Arn = Entities.Arn(scope.Account, EntityKind.Role, row.Path, row.Name),
        CreateDate = IamCalls.Second(row.CreatedMs),
        AssumeRolePolicyDocument = PolicyRules.Encoded(TrustPrincipals.Shown(tx, row.Trust)),
        Description = row.Description,
    };

    internal static IamRole Whole(Tx tx, Scope scope, RoleRow row) => Of(tx, scope, row) with
    {
        MaxSessionDuration = row.MaxSessionSeconds,
        PermissionsBoundary = AttachedBoundary.Of(row.BoundaryArn),
        Tags = Storage.Tags.Of(tx, scope.Global, PrincipalTags.RoleKind, row.Id).Shown(),
    };
}
