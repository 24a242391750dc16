using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Casement.Aws.Signing;

namespace Casement.Aws.Tests.Signing;

/// <summary>
/// What a signed request says, spelled in one way where HTTP and SigV4 allow several: two requests with the same meaning may
/// carry the same signature, all others may not. Shares no code with the verifier.
/// </summary>
internal static partial class Meaning
{
    // compared as sent by the verifier, white space included
    private static readonly string[] Literal = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];

    /// <param name="message">The request.</param>
    /// <param name="signed">Lower-case names of the headers that the original signer signed.</param>
    public static string Of(HttpMessage message, IReadOnlyList<string> signed)
    {
        var text = new StringBuilder();
        text.Append(message.Method).Append('\n').Append(PathOf(message.RawPath)).Append('\n');
        text.AppendJoin('&', QueryOf(message.RawQuery)).Append('\n');
        foreach (var name in signed)
        {
            var values = ValuesOf(message, name);
            text.Append(name).Append(':')
                .Append(Literal.Contains(name) ? string.Join(',', values) : string.Join(',', values.Select(Fold))).Append('\n');
        }

        foreach (var name in Literal.Except(signed, StringComparer.Ordinal))
        {
            text.Append(name).Append(':').AppendJoin(',', ValuesOf(message, name)).Append('\n');
        }

        text.Append(AuthorizationOf(string.Join(',', ValuesOf(message, "authorization")))).Append('\n');
        return text.Append(Convert.ToHexString(message.Body.Span)).ToString();
    }

    /// <summary>Rewrites as RFC 3986 does in 5.2.4, until nothing is left to rewrite.</summary>
    private static string PathOf(string path)
    {
        var bare = !path.EndsWith('/');
        var text = Slashes().Replace($"/{path}/", "/");
        while (true)
        {
            var shorter = Above().Replace(Here().Replace(text, "/", 1), "/", 1);
            shorter = shorter == text ? Parent().Replace(text, "/", 1) : shorter;
            if (shorter == text)
            {
                return bare && text.Length > 1 ? text[..^1] : text;
            }

            text = shorter;
        }
    }

    private static IEnumerable<string> QueryOf(string query) => query.Split('&').Where(pair => pair.Length > 0)
        .Select(pair => pair.Split('=', 2)).Select(pair => $"{Bytes(pair[0])}={Bytes(pair.Length > 1 ? pair[1] : "")}")
        .Order(StringComparer.Ordinal);

    /// <summary>The bytes of a form's word: plus is a space, an escape its byte, half an escape itself.</summary>
    private static string Bytes(string word)
    {
        var bytes = new List<byte>();
        foreach (Match part in Part().Matches(word))
        {
            bytes.AddRange(part.Value switch
            {
                "+" => [0x20],
                ['%', _, _] => [byte.Parse(part.Value.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture)],
                var text => Encoding.UTF8.GetBytes(text),
            });
        }

        return Convert.ToHexString([.. bytes]);
    }

    private static string[] ValuesOf(HttpMessage message, string name) =>
        [.. message.Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];

    private static string Fold(string value) => string.Join(' ', value.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Commas, spaces and tabs all separate; the names of signed headers ignore case.</summary>
    private static string AuthorizationOf(string value) => string.Join(' ', Separators().Split(value)
        .Where(part => part.Length > 0)
        .Select(part => part.StartsWith("SignedHeaders=", StringComparison.Ordinal) ? $"SignedHeaders={part[14..].ToLowerInvariant()}" : part));

    [GeneratedRegex("/+")]
    private static partial Regex Slashes();

    [GeneratedRegex(@"/\./")]
    private static partial Regex Here();

    [GeneratedRegex(@"\A/\.\./")]
    private static partial Regex Above();

    [GeneratedRegex(@"/(?!\.\.?/)[^/]+/\.\./")]
    private static partial Regex Parent();

    [GeneratedRegex("%[0-9a-fA-F]{2}|[^%+]+|[%+]", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("[, \t]+")]
    private static partial Regex Separators();
}
