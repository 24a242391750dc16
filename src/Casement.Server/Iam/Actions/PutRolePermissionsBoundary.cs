using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class PutRolePermissionsBoundary : PutPermissionsBoundary<PutRolePermissionsBoundary.Request>
{
    protected override BoundaryWish Asked(Request request) => new(EntityKind.Role, request.RoleName, request.PermissionsBoundary);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }

        [Required, Length(20, 2048)]
        public string? PermissionsBoundary { get; init; }
    }
}
