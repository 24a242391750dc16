using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Casement.Aws.Signing;

namespace Casement.Bench.Nodes;

/// <summary>
/// Writes the signed requests of one node with as little work as there is: keys of the day are kept, texts are bytes. Not for two
/// threads at once.
/// </summary>
internal sealed class RequestSigner(NodeIdentity node, string host, string region)
{
    private const string SignedHeaders = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";

    private readonly Dictionary<string, (string Day, byte[] Key)> _keys = new(StringComparer.Ordinal);

    /// <summary>The request's bytes, in a buffer that the caller keeps.</summary>
    public void Write(ArrayBufferWriter<byte> into, string service, string target, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = stamp[..8];
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(body, hash);
        var canonical = $"""
            POST
            /

            content-type:application/x-amz-json-1.1
            host:{host}
            x-amz-date:{stamp}
            x-amz-security-token:{node.Token}
            x-amz-target:{target}

            {SignedHeaders}
            {Convert.ToHexStringLower(hash)}
            """;
        SHA256.HashData(Encoding.ASCII.GetBytes(canonical), hash);
        var text = $"AWS4-HMAC-SHA256\n{stamp}\n{day}/{region}/{service}/aws4_request\n{Convert.ToHexStringLower(hash)}";
        HMACSHA256.HashData(Key(service, day), Encoding.ASCII.GetBytes(text), hash);
        into.Clear();
        Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}\r\nUser-Agent: casement-bench-node\r\n"
            + $"X-Amz-Date: {stamp}\r\nX-Amz-Security-Token: {node.Token}\r\nAuthorization: AWS4-HMAC-SHA256 "
            + $"Credential={node.AccessKeyId}/{day}/{region}/{service}/aws4_request, SignedHeaders={SignedHeaders}, "
            + $"Signature={Convert.ToHexStringLower(hash)}\r\nContent-Length: {body.Length}\r\n\r\n",
            into);
        into.Write(body);
    }

    private byte[] Key(string service, string day)
    {
        if (!_keys.TryGetValue(service, out var known) || known.Day != day)
        {
            known = _keys[service] = (day, SigV4.SigningKey(node.Secret, day, region, service));
        }

        return known.Key;
    }
}
