using System.Collections.Concurrent;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>
/// A number per account that every committed change of users, groups, roles, policies, keys or sessions raises before the
/// change is answered. What was cached under an older number is read again, so a deny holds for the very next request.
/// </summary>
public sealed class IamVersions
{
    private readonly ConcurrentDictionary<string, long> _versions = new(StringComparer.Ordinal);

    public long Of(string account) => _versions.GetValueOrDefault(account);

    /// <summary>To be called inside the unit of work that changes IAM rows.</summary>
    public void Touch(Tx tx, Scope scope)
    {
        ArgumentNullException.ThrowIfNull(tx);
        Accounts.TouchIam(tx, scope);
        tx.AfterCommit(() =>
        {
            CrashPoint.Pass(CrashPoint.RightsCommitted);
            _versions.AddOrUpdate(scope.Account, 1, (_, v) => v + 1);
        });
    }
}
