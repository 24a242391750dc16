using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>A user, group or role as far as they are alike.</summary>
internal sealed record Entity(EntityKind Kind, string Id, string Name, string Path, string? BoundaryArn)
{
    /// <summary>Roles that belong to a service: their policies and their trust cannot be changed by callers.</summary>
    public bool IsServiceLinked => Kind == EntityKind.Role && Path.StartsWith(Entities.ServiceLinkedPath, StringComparison.Ordinal);
}

/// <summary>Users, groups and roles by name, in the words of IAM's errors.</summary>
internal static class Entities
{
    public const string ServiceLinkedPath = "/aws-service-role/";

    public static string Word(EntityKind kind) => kind switch
    {
        EntityKind.User => "user",
        EntityKind.Group => "group",
        EntityKind.Role => "role",
    };

    public static string Title(EntityKind kind) => kind switch
    {
        EntityKind.User => "User",
        EntityKind.Group => "Group",
        EntityKind.Role => "Role",
    };

    public static string Arn(string account, EntityKind kind, string path, string name) => $"arn:aws:iam::{account}:{Word(kind)}{path}{name}";

    public static Entity? Find(Tx tx, Scope scope, EntityKind kind, string name) => kind switch
    {
        EntityKind.User => Users.ByName(tx, scope, name) is { } user ? new Entity(kind, user.Id, user.Name, user.Path, user.BoundaryArn) : null,
        EntityKind.Group => Groups.ByName(tx, scope, name) is { } group ? new Entity(kind, group.Id, group.Name, group.Path, null) : null,
        EntityKind.Role => Roles.ByName(tx, scope, name) is { } role ? new Entity(kind, role.Id, role.Name, role.Path, role.BoundaryArn) : null,
    };

    /// <exception cref="Casement.Aws.AwsException">NoSuchEntity, <c>The user with name X cannot be found.</c></exception>
    public static Entity Demand(Tx tx, Scope scope, EntityKind kind, string name) =>
        Find(tx, scope, kind, name) ?? throw IamErrors.NotFound(kind, name);

    /// <summary>Like <see cref="Demand"/>, and not a role that only its service may change.</summary>
    public static Entity DemandModifiable(Tx tx, Scope scope, EntityKind kind, string name)
    {
        var entity = Demand(tx, scope, kind, name);
        return entity.IsServiceLinked ? throw IamErrors.Unmodifiable(entity.Name) : entity;
    }

    /// <summary>Under what kind the tags of users and roles are stored.</summary>
    public static string TagKind(EntityKind kind) => kind switch
    {
        EntityKind.User => PrincipalTags.UserKind,
        EntityKind.Role => PrincipalTags.RoleKind,
        EntityKind.Group => throw new ArgumentException("Groups have no tags.", nameof(kind)),
    };

    /// <summary>Tags of a user or role; groups have none.</summary>
    public static List<KeyValuePair<string, string>> TagsOf(Tx tx, Scope scope, Entity entity) =>
        entity.Kind == EntityKind.Group ? [] : Tags.Of(tx, scope.Global, TagKind(entity.Kind), entity.Id);
}
