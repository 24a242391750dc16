using Casement.Aws;
using Casement.Policies;

namespace Casement.Server.Iam;

/// <summary>Documents on their way in and out.</summary>
internal static class PolicyRules
{
    /// <exception cref="AwsException">MalformedPolicyDocument, with the first fault in IAM's order and wording.</exception>
    public static PolicyDocument Parse(string text, PolicyKind kind) =>
        PolicyDocument.TryParse(text, kind, out var document, out var fault) ? document : throw Malformed(fault);

    public static AwsException Malformed(PolicyFault fault) => new(PolicyFault.Code, fault.Message);

    /// <summary>Documents travel percent-encoded in replies, by RFC 3986; clients decode them.</summary>
    public static string Encoded(string document) => Uri.EscapeDataString(document);
}
