using System.Buffers;
using System.Globalization;

namespace Casement.Aws.Signing;

/// <summary>Reads the claim out of the Authorization header or of the query string, and says what is missing there.</summary>
internal static class ClaimReader
{
    private const string Scheme = "AWS4-HMAC-SHA256";
    private const string BasicFormat = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private const int LongestLife = 604_800;

    public static (SignatureClaim? Claim, AuthFault? Fault) Read(HttpMessage message)
    {
        var authorization = message.Header("authorization");
        var query = message.RawQuery.Contains("X-Amz-", StringComparison.Ordinal)
            ? PresignedQuery.Read(message.RawQuery)
            : null;
        if (query is { Announced: true })
        {
            return authorization is null ? FromQuery(message, query) : (null, new AuthFault.BothForms());
        }

        return authorization is not null && authorization.StartsWith(Scheme, StringComparison.Ordinal)
            && authorization.Length > Scheme.Length && authorization[Scheme.Length] is ' ' or '\t' or ','
            ? FromHeader(message, authorization)
            : (null, new AuthFault.MissingToken());
    }

    private static (SignatureClaim?, AuthFault?) FromHeader(HttpMessage message, string authorization)
    {
        string? credential = null, signedHeaders = null, signature = null, problem = null;
        var rest = authorization.AsSpan(Scheme.Length);
        foreach (var range in rest.SplitAny(", \t"))
        {
            var part = rest[range];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            var value = equals < 0 ? "" : part[(equals + 1)..].ToString();
            problem ??= (equals < 0 ? part : part[..equals]) switch
            {
                _ when equals < 0 => $"'{part}' not a valid key=value pair (missing equal-sign) in Authorization header.",
                "Credential" => Take(ref credential, value, "Credential"),
                "SignedHeaders" => Take(ref signedHeaders, value, "SignedHeaders"),
                "Signature" => Take(ref signature, value, "Signature"),
                _ => null,
            };
        }

        var timestamp = message.Header("x-amz-date");
        var date = timestamp ?? message.Header("date");
        problem ??= Missing(credential, signature, signedHeaders, date)
            ?? (Twice(signedHeaders!) is { } name ? $"Authorization header's 'SignedHeaders' names '{name}' more than once." : null);
        if (problem is not null)
        {
            return (null, new AuthFault.IncompleteHeader(problem, authorization));
        }

        var sent = new Sent(credential!, signedHeaders!, signature!, date!);
        return Build(sent, message.Header("x-amz-security-token"), presigned: false, expires: null);
    }

    private static string? Take(ref string? target, string value, string name)
    {
        if (target is not null)
        {
            return $"Authorization header has more than one '{name}' parameter.";
        }

        target = value;
        return null;
    }

    private static string? Missing(string? credential, string? signature, string? signedHeaders, string? date)
    {
        List<string> problems = [];
        Demand(credential, "Credential");
        Demand(signature, "Signature");
        Demand(signedHeaders, "SignedHeaders");
        if (string.IsNullOrEmpty(date))
        {
            problems.Add("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        }

        return problems.Count == 0 ? null : string.Join(' ', problems);

        void Demand(string? value, string name)
        {
            if (string.IsNullOrEmpty(value))
            {
                problems.Add($"Authorization header requires '{name}' parameter.");
            }
        }
    }

    /// <summary>
    /// A name that stands there twice. No signer writes that, and a long header named a thousand times would make a canonical
    /// request of megabytes before anybody is known to have sent it.
    /// </summary>
    private static string? Twice(string signedHeaders)
    {
        HashSet<string>? seen = null;
        ReadOnlySpan<char> last = [];
        foreach (var range in signedHeaders.AsSpan().Split(';'))
        {
            var name = signedHeaders.AsSpan(range);
            if (seen is null && name.CompareTo(last, StringComparison.OrdinalIgnoreCase) <= 0 && !last.IsEmpty)
            {
                // not in order, as only odd signers have them
                seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                foreach (var earlier in signedHeaders.AsSpan().Split(';'))
                {
                    if (earlier.Start.Value < range.Start.Value)
                    {
                        seen.Add(signedHeaders[earlier]);
                    }
                }
            }

            if (seen is not null && !seen.Add(name.ToString()))
            {
                return name.ToString();
            }

            last = name;
        }

        return null;
    }

    private static (SignatureClaim?, AuthFault?) FromQuery(HttpMessage message, PresignedQuery query)
    {
        if (query.Problems is { } problems)
        {
            return (null, new AuthFault.IncompleteQuery(problems));
        }

        if (query.Algorithm != Scheme)
        {
            return (null, new AuthFault.IncompleteQuery($"X-Amz-Algorithm must be '{Scheme}', not '{query.Algorithm}'."));
        }

        if (Twice(query.SignedHeaders!) is { } name)
        {
            return (null, new AuthFault.IncompleteQuery($"X-Amz-SignedHeaders names '{name}' more than once."));
        }

        int? expires = null;
        if (query.Expires is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || seconds is < 1 or > LongestLife)
            {
                return (null, new AuthFault.IncompleteQuery(
                    $"X-Amz-Expires must be a whole number of seconds from 1 to {LongestLife}, not '{text}'."));
            }

            expires = seconds;
        }

        var sent = new Sent(query.Credential!, query.SignedHeaders!, query.Signature!, query.Date!);
        var token = query.SecurityToken ?? message.Header("x-amz-security-token");
        return Build(sent, token, presigned: true, expires);
    }

    private static (SignatureClaim?, AuthFault?) Build(Sent sent, string? token, bool presigned, int? expires)
    {
        var parts = sent.Credential.Split('/');
        if (parts.Length != 5 || parts[0].Length == 0)
        {
            return (null, new AuthFault.MalformedCredential(sent.Credential));
        }

        if (!TryReadDate(sent.Date, presigned, out var signedAt))
        {
            return (null, new AuthFault.MalformedDate(sent.Date));
        }

        return (new SignatureClaim
        {
            AccessKeyId = parts[0],
            Date = parts[1],
            Region = parts[2],
            Service = parts[3],
            Terminator = parts[4],
            SignedHeaders = sent.SignedHeaders.ToLowerInvariant(),
            Signature = sent.Signature,
            Timestamp = sent.Date.Length == 16 ? sent.Date : SigV4.Timestamp(signedAt),
            SignedAt = signedAt,
            SessionToken = token,
            Presigned = presigned,
            ExpiresSeconds = expires,
            Algorithm = IsManagedNode(parts[0]) ? SignatureAlgorithm.Rsa : SignatureAlgorithm.Hmac,
        }, null);
    }

    private static bool TryReadDate(string text, bool presigned, out DateTimeOffset instant)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var culture = CultureInfo.InvariantCulture;
        return DateTimeOffset.TryParseExact(text, BasicFormat, culture, Utc, out instant)
            || (!presigned && DateTimeOffset.TryParseExact(text, "r", culture, Utc, out instant));
    }

    private static bool IsManagedNode(string id)
        => id.Length == 20 && id.StartsWith("mi-", StringComparison.Ordinal)
            && id.AsSpan(3).IndexOfAnyExcept(LowerHex) < 0;

    private readonly record struct Sent(string Credential, string SignedHeaders, string Signature, string Date);
}
