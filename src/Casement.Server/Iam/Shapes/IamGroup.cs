using Casement.Storage;

namespace Casement.Server.Iam.Shapes;

/// <summary>A group as replies show it.</summary>
public sealed record IamGroup
{
    public string? Path { get; init; }

    public string? GroupName { get; init; }

    public string? GroupId { get; init; }

    public string? Arn { get; init; }

    public DateTimeOffset? CreateDate { get; init; }

    internal static IamGroup Of(Scope scope, GroupRow row) => new()
    {
        Path = row.Path,
        GroupName = row.Name,
        GroupId = row.Id,
        Arn = Entities.Arn(scope.Account, EntityKind.Group, row.Path, row.Name),
        CreateDate = IamCalls.Second(row.CreatedMs),
    };
}
