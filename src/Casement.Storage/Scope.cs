namespace Casement.Storage;

/// <summary>The account and region that every row belongs to. IAM rows carry no region: see <see cref="Global"/>.</summary>
public readonly record struct Scope(string Account, string Region)
{
    /// <summary>The same account without a region, the scope of IAM rows.</summary>
    public Scope Global => this with { Region = "" };
}
