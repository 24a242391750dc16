using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>What IAM's operations do with a call.</summary>
internal static class IamCalls
{
    /// <summary>A unit of work that changes IAM rows: what was decided under the old ones is forgotten before the reply.</summary>
    public static Task<T> WriteIam<T>(this Call call, Func<Tx, T> unit) => call.Write(tx =>
    {
        var result = unit(tx);
        call.Backstage.Credentials.Versions.Touch(tx, call.Scope);
        return result;
    });

    /// <inheritdoc cref="WriteIam{T}"/>
    public static async Task<Nothing> WriteIam(this Call call, Action<Tx> unit)
    {
        await call.WriteIam(tx =>
        {
            unit(tx);
            return true;
        });
        return Nothing.Instance;
    }

    /// <summary>IAM's instants are whole seconds.</summary>
    public static DateTimeOffset Second(long ms) => DateTimeOffset.FromUnixTimeSeconds(Math.DivRem(ms, 1000).Quotient);
}
