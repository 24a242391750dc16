namespace Casement.Policies;

/// <summary>
/// Why a document is refused. <see cref="Message"/> is the wording of AWS's <c>MalformedPolicyDocument</c> (HTTP 400);
/// <see cref="Detail"/> says for people what that wording leaves out: the element, its value and the rule.
/// </summary>
public sealed record PolicyFault(string Message, string Detail, SourcePosition? Position = null)
{
    /// <summary>The error code that IAM and STS answer with.</summary>
    public const string Code = "MalformedPolicyDocument";

    internal const string Syntax = "Syntax errors in policy.";
    internal const string LegacyParsing = "The policy failed legacy parsing";

    /// <summary>
    /// The refusal of a principal that has an impossible form or, found by whoever keeps users and roles, does not
    /// exist. AWS writes the type in capitals: <c>Invalid principal in policy: "AWS":"…"</c>.
    /// </summary>
    public static PolicyFault InvalidPrincipal(PrincipalName principal) => new(
        $"Invalid principal in policy: \"{principal.Type.ToUpperInvariant()}\":\"{principal.Value}\"",
        $"Statement {principal.StatementIndex + 1}: the principal {principal.Type} '{principal.Value}' is not one "
            + "that a policy can name.");
}
