namespace Casement.Policies;

/// <summary>A document whose JSON has the right shape; nothing else about it is checked yet.</summary>
internal sealed record RawPolicy(string? Version, string? Id, IReadOnlyList<PolicyStatement> Statements)
{
    public const string Version2012 = "2012-10-17";
    public const string Version2008 = "2008-10-17";

    public bool HasVariables => Version == Version2012;
}
