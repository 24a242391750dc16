using Casement.Aws.Wire;

namespace Casement.Server.Iam.Actions;

public sealed class PutUserPermissionsBoundary : PutPermissionsBoundary<PutUserPermissionsBoundary.Request>
{
    protected override BoundaryWish Asked(Request request) => new(EntityKind.User, request.UserName, request.PermissionsBoundary);

    public sealed record Request
    {
        [Required, Length(1, 64), Pattern(IamPatterns.Name)]
        public string? UserName { get; init; }

        [Required, Length(20, 2048)]
        public string? PermissionsBoundary { get; init; }
    }
}
