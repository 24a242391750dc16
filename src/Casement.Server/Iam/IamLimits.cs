using Casement.Storage;

namespace Casement.Server.Iam;

/// <summary>AWS's limits on numbers and sizes, in force where the server's quotas say so.</summary>
internal static class IamLimits
{
    public const int Users = 5000;
    public const int Groups = 300;
    public const int Roles = 1000;
    public const int Policies = 1500;
    public const int PolicyCharacters = 6144;
    public const int TrustCharacters = 2048;
    public const int PoliciesPerEntity = 10;
    public const int GroupsPerUser = 10;
    public const int KeysPerUser = 2;
    public const int VersionsPerPolicy = 5;

    /// <summary>Whether one more may be added to <paramref name="now"/>.</summary>
    /// <exception cref="Casement.Aws.AwsException">LimitExceeded, <c>Cannot exceed quota for X: n</c>.</exception>
    public static void DemandRoom(Quotas quotas, long now, int most, string name)
    {
        if (quotas.IamCounts && now >= most)
        {
            throw IamErrors.Limit($"Cannot exceed quota for {name}: {most}");
        }
    }

    /// <summary>Whether a document is short enough; white space is not counted.</summary>
    /// <exception cref="Casement.Aws.AwsException">LimitExceeded.</exception>
    public static void DemandSize(Quotas quotas, string document, int most, string name)
    {
        if (quotas.IamCounts && Size(document) > most)
        {
            throw IamErrors.Limit($"Cannot exceed quota for {name}: {most}");
        }
    }

    /// <summary>Whether all inline policies of a holder, with the new one, are short enough together.</summary>
    /// <exception cref="Casement.Aws.AwsException">LimitExceeded.</exception>
    public static void DemandInlineRoom(Quotas quotas, Tx tx, Entity holder, string name, string document)
    {
        if (!quotas.IamCounts)
        {
            return;
        }

        var most = holder.Kind switch { EntityKind.User => 2048, EntityKind.Group => 5120, EntityKind.Role => 10240 };
        var others = InlinePolicies.Of(tx, holder.Id).Where(p => !p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Sum(p => Size(p.Document));
        if (others + Size(document) > most)
        {
            throw IamErrors.Limit($"Maximum policy size of {most} bytes exceeded for {Entities.Word(holder.Kind)} {holder.Name}");
        }
    }

    private static int Size(string document) => document.Count(c => c is not (' ' or '\t' or '\n' or '\r'));
}
