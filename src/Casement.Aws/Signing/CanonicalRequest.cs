using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Aws.Signing;

/// <summary>
/// The one text that signer and verifier must agree on: method, path (dots resolved, encoded once more than on the
/// wire), sorted query, signed headers, their names, hash of the body. Six parts, a line feed between them.
/// </summary>
internal static class CanonicalRequest
{
    private const string WhiteText = " \t\n\r\v\f";
    private static readonly SearchValues<char> White = SearchValues.Create(WhiteText);

    public static void Write(ref Utf8Text target, HttpMessage message, SignatureClaim claim)
    {
        target.Add(message.Method);
        target.Add((byte)'\n');
        WritePath(ref target, message.RawPath);
        target.Add((byte)'\n');
        if (message.RawQuery.Length > 0)
        {
            WriteQuery(ref target, message.RawQuery, claim.Presigned);
        }

        target.Add((byte)'\n');
        WriteHeaders(ref target, message.Headers, claim.SignedHeaders);
        target.Add((byte)'\n');
        target.Add(claim.SignedHeaders);
        target.Add((byte)'\n');
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message.Body.Span, hash);
        target.AddHex(hash);
    }

    /// <summary>Algorithm, instant, scope and the canonical request's hash, a line each.</summary>
    public static void WriteStringToSign(ref Utf8Text target, HttpMessage message, SignatureClaim claim)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var canonical = new Utf8Text(stackalloc byte[1024]);
        Write(ref canonical, message, claim);
        SHA256.HashData(canonical.Written, hash);
        canonical.Dispose();

        target.Add("AWS4-HMAC-SHA256\n"u8);
        target.Add(claim.Timestamp);
        target.Add((byte)'\n');
        target.Add(claim.Date);
        target.Add((byte)'/');
        target.Add(claim.Region);
        target.Add((byte)'/');
        target.Add(claim.Service);
        target.Add("/aws4_request\n"u8);
        target.AddHex(hash);
    }

    private static void WritePath(ref Utf8Text target, string path)
    {
        if (path.Length == 0 || path == "/")
        {
            target.Add((byte)'/');
            return;
        }

        List<string> segments = [];
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not "." and not "..")
            {
                segments.Add(segment);
            }
        }

        target.Add((byte)'/');
        UriText.AddEncoded(ref target, Encoding.UTF8.GetBytes(string.Join('/', segments)), keepSlash: true);
        if (segments.Count > 0 && path.EndsWith('/'))
        {
            target.Add((byte)'/');
        }
    }

    private static void WriteQuery(ref Utf8Text target, string query, bool presigned)
    {
        List<(string Name, string Value)> pairs = [];
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var name = Reencode(equals < 0 ? pair : pair[..equals]);
            if (!presigned || name != "X-Amz-Signature")
            {
                pairs.Add((name, equals < 0 ? "" : Reencode(pair[(equals + 1)..])));
            }
        }

        pairs.Sort(static (left, right) =>
        {
            var byName = string.CompareOrdinal(left.Name, right.Name);
            return byName != 0 ? byName : string.CompareOrdinal(left.Value, right.Value);
        });
        for (var index = 0; index < pairs.Count; index++)
        {
            if (index > 0)
            {
                target.Add((byte)'&');
            }

            target.Add(pairs[index].Name);
            target.Add((byte)'=');
            target.Add(pairs[index].Value);
        }
    }

    private static string Reencode(ReadOnlySpan<char> text)
    {
        var encoded = new Utf8Text(stackalloc byte[256]);
        UriText.AddEncoded(ref encoded, UriText.Decode(text), keepSlash: false);
        var result = Encoding.ASCII.GetString(encoded.Written);
        encoded.Dispose();
        return result;
    }

    private static void WriteHeaders(
        ref Utf8Text target, IReadOnlyList<KeyValuePair<string, string>> headers, string signedHeaders)
    {
        foreach (var range in signedHeaders.AsSpan().Split(';'))
        {
            var name = signedHeaders.AsSpan(range);
            target.Add(name);
            target.Add((byte)':');
            var first = true;
            for (var index = 0; index < headers.Count; index++)
            {
                var header = headers[index];
                if (name.Equals(header.Key, StringComparison.OrdinalIgnoreCase))
                {
                    if (!first)
                    {
                        target.Add((byte)',');
                    }

                    WriteFolded(ref target, header.Value);
                    first = false;
                }
            }

            target.Add((byte)'\n');
        }
    }

    /// <summary>Trims white space and folds inner runs of it (line folding included) into one space.</summary>
    private static void WriteFolded(ref Utf8Text target, ReadOnlySpan<char> value)
    {
        value = value.Trim(WhiteText);
        while (true)
        {
            var white = value.IndexOfAny(White);
            if (white < 0)
            {
                target.Add(value);
                return;
            }

            target.Add(value[..white]);
            target.Add((byte)' ');
            value = value[white..].TrimStart(WhiteText);
        }
    }
}
