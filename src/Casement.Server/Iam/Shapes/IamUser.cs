using Casement.Storage;

namespace Casement.Server.Iam.Shapes;

/// <summary>A user as replies show it.</summary>
public sealed record IamUser
{
    public string? Path { get; init; }

    public string? UserName { get; init; }

    public string? UserId { get; init; }

    public string? Arn { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    public AttachedBoundary? PermissionsBoundary { get; init; }

    public IReadOnlyList<IamTag>? Tags { get; init; }

    internal static IamUser Of(Scope scope, UserRow row) => new()
    {
        Path = row.Path,
        UserName = row.Name,
        UserId = row.Id,
        Arn = Entities.Arn(scope.Account, EntityKind.User, row.Path, row.Name),
        CreateDate = IamCalls.Second(row.CreatedMs),
    };
}
