using System.Text;

namespace Casement.Aws.Signing;

/// <summary>What a client signs with. Its text form shows the key id alone.</summary>
/// <param name="AccessKeyId"><c>AKIA…</c> for a long-term key, <c>ASIA…</c> for a session.</param>
/// <param name="SecretAccessKey">Never sent.</param>
/// <param name="SessionToken">Sent with every request of a session; null for a long-term key.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("AccessKeyId = ").Append(AccessKeyId);
        return true;
    }
}
