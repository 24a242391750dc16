using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>Whose access keys a call is about: the user named, or else the caller.</summary>
/// <param name="UserId">The account's number for its root user.</param>
/// <param name="UserName">Null for the root user.</param>
internal sealed record KeyOwner(string UserId, string? UserName)
{
    /// <exception cref="Casement.Aws.AwsException">NoSuchEntity, or ValidationError when the caller is not a user.</exception>
    public static KeyOwner Of(Tx tx, Call call, string? userName)
    {
        if (userName is null && call.Principal is Principal.Root root)
        {
            return new KeyOwner(root.Account, null);
        }

        var name = userName ?? (call.Principal as Principal.User)?.Name ?? throw IamErrors.NeedsUserName();
        var user = Entities.Demand(tx, call.Scope, EntityKind.User, name);
        return new KeyOwner(user.Id, user.Name);
    }
}
