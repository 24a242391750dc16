using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>
/// The resources that IAM's actions are authorised on. An entity stands under its stored name and path, so that a Deny cannot
/// be passed by spelling a name in another case; refusals show the name as it was asked for, whether or not it exists.
/// </summary>
internal static class IamAccess
{
    /// <summary>Actions that concern no single entity, and calls that do not say which.</summary>
    public static Access Account(string action) => new(action, "*");

    public static Access ToCreate(Call call, string action, EntityKind kind, string? path, string? name) => name is null
        ? Account(action)
        : new Access(action, Entities.Arn(call.Scope.Account, kind, PathOrRoot(path), name));

    /// <summary>Get, list, put, attach, update: shown as <c>user bob</c>.</summary>
    public static Access On(Call call, string action, EntityKind kind, string? name) =>
        Resolved(call, action, kind, name, $"{Entities.Word(kind)} {name}");

    /// <summary>Delete and tag: shown as the ARN of an entity without path.</summary>
    public static Access OnArn(Call call, string action, EntityKind kind, string? name) =>
        Resolved(call, action, kind, name, Entities.Arn(call.Scope.Account, kind, "/", name ?? ""));

    /// <summary>Lists are authorised on the kind and the path prefix: <c>arn:aws:iam::ACCOUNT:role/</c>.</summary>
    public static Access ToList(Call call, string action, EntityKind kind, string? pathPrefix) => new(
        action, $"arn:aws:iam::{call.Scope.Account}:{Entities.Word(kind)}{(pathPrefix is { Length: > 0 } prefix && prefix[0] == '/' ? prefix : "/")}");

    public static Access OnPolicy(Call call, string action, string? arn)
    {
        if (arn is null)
        {
            return Account(action);
        }

        var tags = call.Read(tx => ManagedPolicies.ByArn(tx, call.Scope, arn) is { } policy
            ? Tags.Of(tx, call.Scope.Global, PrincipalTags.PolicyKind, policy.Id)
            : []);
        return new Access(action, arn) { Shown = $"policy {arn}", ResourceTags = tags };
    }

    /// <summary>The user named, or else the caller.</summary>
    public static Access OnUserOrSelf(Call call, string action, string? userName) =>
        On(call, action, EntityKind.User, userName ?? (call.Principal as Principal.User)?.Name);

    /// <summary>The entity under the name and path that an update asks for.</summary>
    public static Access ToRename(Call call, string action, EntityKind kind, string? name, string? newPath, string? newName)
    {
        var entity = name is null ? null : call.Read(tx => Entities.Find(tx, call.Scope, kind, name));
        return ToCreate(call, action, kind, newPath ?? entity?.Path, newName ?? entity?.Name ?? name);
    }

    public static Access With(this Access access, string key, string? value) =>
        value is null ? access : access with { Keys = [.. access.Keys, KeyValuePair.Create(key, value)] };

    public static string PathOrRoot(string? path) => path is { Length: > 1 } && path[0] == '/' && path[^1] == '/' ? path : "/";

    private static Access Resolved(Call call, string action, EntityKind kind, string? name, string shown)
    {
        if (name is null)
        {
            return Account(action);
        }

        var (entity, tags) = call.Read(tx => Entities.Find(tx, call.Scope, kind, name) is { } found
            ? ((Entity?)found, Entities.TagsOf(tx, call.Scope, found))
            : (null, []));
        var access = new Access(action, Entities.Arn(call.Scope.Account, kind, entity?.Path ?? "/", entity?.Name ?? name))
        {
            Shown = shown,
            ResourceTags = tags,
            Keys = [.. tags.Select(t => KeyValuePair.Create("iam:ResourceTag/" + t.Key, t.Value))],
        };
        return access.With("iam:PermissionsBoundary", entity?.BoundaryArn);
    }
}
