namespace Casement.Policies;

/// <summary>What a matching statement does.</summary>
public enum PolicyEffect
{
    /// <summary>Grants, unless anything denies.</summary>
    Allow = 1,

    /// <summary>Denies, whatever else allows.</summary>
    Deny,
}

/// <summary>
/// One condition as written: the operator with its prefix and suffix, the key, and the wanted values as text
/// (numbers and booleans in their JSON spelling).
/// </summary>
public sealed record PolicyCondition(string Operator, string Key, IReadOnlyList<string> Values);

/// <summary>
/// A principal as written: <see cref="Type"/> is <c>AWS</c>, <c>Service</c>, <c>Federated</c> or
/// <c>CanonicalUser</c>; the bare <c>"*"</c> is type <c>AWS</c>. <see cref="StatementIndex"/> counts from 0.
/// </summary>
public sealed record PrincipalName(string Type, string Value, int StatementIndex)
{
    /// <summary>Where the JSON string stands in the UTF-8 text, quotes included.</summary>
    internal Range Bytes { get; init; }

    internal bool IsEveryone => Type == "AWS" && Value == "*";
}

/// <summary>
/// A statement as written. A list is null if and only if its element is absent; of each pair (Action and NotAction,
/// Resource and NotResource, Principal and NotPrincipal) at most one is there.
/// </summary>
public sealed record PolicyStatement
{
    /// <summary>Its place in the document, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The statement's own name; null if it has none, and an empty text where it is written empty.</summary>
    public string? Sid { get; init; }

    /// <summary>Allow or Deny.</summary>
    public PolicyEffect Effect => EffectText == "Deny" ? PolicyEffect.Deny : PolicyEffect.Allow;

    /// <summary>Patterns <c>service:Name</c>, compared without regard to case.</summary>
    public IReadOnlyList<string>? Actions { get; init; }

    /// <summary>The statement applies to every action that none of these patterns matches.</summary>
    public IReadOnlyList<string>? NotActions { get; init; }

    /// <summary><c>*</c> or ARN patterns, compared with regard to case.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>The statement applies to every resource that none of these patterns matches.</summary>
    public IReadOnlyList<string>? NotResources { get; init; }

    /// <summary>Who the statement is about; only in trust and resource policies.</summary>
    public IReadOnlyList<PrincipalName>? Principals { get; init; }

    /// <summary>The statement is about everyone but these.</summary>
    public IReadOnlyList<PrincipalName>? NotPrincipals { get; init; }

    /// <summary>All must hold. Empty if the element is absent.</summary>
    public IReadOnlyList<PolicyCondition> Conditions { get; init; } = [];

    /// <summary>From the statement's opening brace to its closing one.</summary>
    public SourceSpan Span { get; init; }

    internal string EffectText { get; init; } = "";
}
