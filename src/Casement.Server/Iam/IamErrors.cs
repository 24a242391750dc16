using Casement.Aws;

namespace Casement.Server.Iam;

/// <summary>IAM's refusals in IAM's words.</summary>
internal static class IamErrors
{
    public static AwsException NotFound(EntityKind kind, string name) => NoSuchEntity($"The {Entities.Word(kind)} with name {name} cannot be found.");

    public static AwsException NoSuchEntity(string text) => new("NoSuchEntity", text, 404);

    public static AwsException PolicyNotFound(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    public static AwsException NotAttachable(string arn) => NoSuchEntity($"Policy {arn} does not exist or is not attachable.");

    public static AwsException VersionNotFound(string arn, string version) =>
        NoSuchEntity($"Policy {arn} version {version} does not exist or is not attachable.");

    public static AwsException InlineNotFound(EntityKind kind, string name) =>
        NoSuchEntity($"The {Entities.Word(kind)} policy with name {name} cannot be found.");

    public static AwsException KeyNotFound(string keyId) => NoSuchEntity($"The Access Key with id {keyId} cannot be found.");

    public static AwsException Exists(EntityKind kind, string name) =>
        new("EntityAlreadyExists", $"{Entities.Title(kind)} with name {name} already exists.", 409);

    public static AwsException PolicyExists(string name) =>
        new("EntityAlreadyExists", $"A policy called {name} already exists. Duplicate names are not allowed.", 409);

    public static AwsException Limit(string text) => new("LimitExceeded", text, 409);

    public static AwsException Conflict(string text) => new("DeleteConflict", text, 409);

    public static AwsException InvalidInput(string text) => new("InvalidInput", text);

    public static AwsException Invalid(string text) => new("ValidationError", text);

    public static AwsException Unmodifiable(string roleName) => new(
        "UnmodifiableEntity", $"Cannot perform the operation on the protected role '{roleName}' - this role is only modifiable by AWS");

    public static AwsException NeedsUserName() => Invalid("Must specify userName when calling with non-User credentials");
}
