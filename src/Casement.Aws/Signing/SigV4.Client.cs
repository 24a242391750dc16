using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Aws.Signing;

/// <content>The signer's side, for Casement's own clients.</content>
public static partial class SigV4
{
    /// <summary>
    /// The headers to add: <c>X-Amz-Date</c>, <c>X-Amz-Security-Token</c> for a session, <c>Authorization</c>. Host,
    /// content type and every <c>x-amz-*</c> header are signed.
    /// </summary>
    /// <exception cref="ArgumentException">The message has no Host header.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        HttpMessage message, AwsCredentials credentials, string region, string service, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return Headers(message, credentials.AccessKeyId, credentials.SessionToken, region, service, now, text =>
        {
            var key = SigningKey(credentials.SecretAccessKey, Timestamp(now)[..8], region, service);
            var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, text));
            CryptographicOperations.ZeroMemory(key);
            return signature;
        });
    }

    /// <summary>As signing with credentials, with a managed node's own key in place of a secret.</summary>
    /// <param name="instanceId">The node's id, <c>mi-</c> and 17 hex digits; stands where the access key id would.</param>
    /// <exception cref="ArgumentException">The message has no Host header.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> SignRsa(
        HttpMessage message, string instanceId, RSA privateKey, string region, string service, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        return Headers(message, instanceId, token: null, region, service, now, text => Convert.ToBase64String(
            privateKey.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
    }

    /// <summary>The message's query string with the signature appended; every header of the message is signed.</summary>
    /// <param name="life">Whole seconds, from one second to seven days.</param>
    /// <exception cref="ArgumentException">The message has no Host header.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The life is shorter or longer than that.</exception>
    public static string Presign(
        HttpMessage message, AwsCredentials credentials, string region, string service, DateTimeOffset now, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentOutOfRangeException.ThrowIfLessThan(life, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(life, TimeSpan.FromDays(7));
        var timestamp = Timestamp(now);
        var signed = SignedNames(message.Headers, _ => true);
        var query = new StringBuilder(message.RawQuery);
        Append("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        Append("X-Amz-Credential", $"{credentials.AccessKeyId}/{timestamp[..8]}/{region}/{service}/{Terminator}");
        Append("X-Amz-Date", timestamp);
        Append("X-Amz-Expires", ((long)life.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        Append("X-Amz-SignedHeaders", signed);
        if (credentials.SessionToken is { } token)
        {
            Append("X-Amz-Security-Token", token);
        }

        var claim = Claim(credentials.AccessKeyId, region, service, timestamp, signed) with { Presigned = true };
        var key = SigningKey(credentials.SecretAccessKey, claim.Date, region, service);
        var text = StringToSign(message with { RawQuery = query.ToString() }, claim);
        Append("X-Amz-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(key, text)));
        CryptographicOperations.ZeroMemory(key);
        return query.ToString();

        void Append(string name, string value)
            => query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(UriText.Encode(value));
    }

    internal static byte[] StringToSign(HttpMessage message, SignatureClaim claim)
    {
        var text = new Utf8Text(stackalloc byte[256]);
        CanonicalRequest.WriteStringToSign(ref text, message, claim);
        var bytes = text.Written.ToArray();
        text.Dispose();
        return bytes;
    }

    private static List<KeyValuePair<string, string>> Headers(
        HttpMessage message, string keyId, string? token, string region, string service, DateTimeOffset now,
        Func<byte[], string> sign)
    {
        ArgumentNullException.ThrowIfNull(message);
        var timestamp = Timestamp(now);
        List<KeyValuePair<string, string>> added = [new("X-Amz-Date", timestamp)];
        if (token is not null)
        {
            added.Add(new("X-Amz-Security-Token", token));
        }

        var whole = message with { Headers = [.. message.Headers, .. added] };
        var signed = SignedNames(whole.Headers, name => name is "host" or "content-type"
            || name.StartsWith("x-amz-", StringComparison.Ordinal));
        var claim = Claim(keyId, region, service, timestamp, signed);
        var signature = sign(StringToSign(whole, claim));
        added.Add(new("Authorization", $"AWS4-HMAC-SHA256 Credential={keyId}/{claim.Date}/{region}/{service}/{Terminator}, "
            + $"SignedHeaders={signed}, Signature={signature}"));
        return added;
    }

    private static SignatureClaim Claim(string keyId, string region, string service, string timestamp, string signed)
        => new()
        {
            AccessKeyId = keyId,
            Date = timestamp[..8],
            Region = region,
            Service = service,
            SignedHeaders = signed,
            Signature = "",
            Timestamp = timestamp,
            SignedAt = default,
            Algorithm = SignatureAlgorithm.Hmac,
        };

    private static string SignedNames(IReadOnlyList<KeyValuePair<string, string>> headers, Func<string, bool> choose)
    {
        var names = headers.Select(header => header.Key.ToLowerInvariant())
            .Where(choose).Distinct().Order(StringComparer.Ordinal).ToArray();
        return names.Contains("host")
            ? string.Join(';', names)
            : throw new ArgumentException("A request can be signed only with its Host header.", nameof(headers));
    }
}
