using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteRolePermissionsBoundary : DeletePermissionsBoundary<DeleteRolePermissionsBoundary.Request>
{
    protected override BoundaryWish Asked(Request request) => new(EntityKind.Role, request.RoleName, null);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? RoleName { get; init; }
    }
}
