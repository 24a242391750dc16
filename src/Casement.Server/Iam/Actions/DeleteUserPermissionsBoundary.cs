using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class DeleteUserPermissionsBoundary : DeletePermissionsBoundary<DeleteUserPermissionsBoundary.Request>
{
    protected override BoundaryWish Asked(Request request) => new(EntityKind.User, request.UserName, null);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }
    }
}
