using System.Text;

namespace Casement.Aws.Signing;

/// <summary>The <c>X-Amz-…</c> parameters of a query string, decoded. A repeated one is a problem, not a choice.</summary>
internal sealed class PresignedQuery
{
    private readonly List<string> problems = [];

    public string? Algorithm { get; private set; }

    public string? Credential { get; private set; }

    public string? Date { get; private set; }

    public string? Expires { get; private set; }

    public string? SignedHeaders { get; private set; }

    public string? Signature { get; private set; }

    public string? SecurityToken { get; private set; }

    /// <summary>Whether the query means to carry a signature at all.</summary>
    public bool Announced => Algorithm is not null || Signature is not null || Credential is not null;

    public string? Problems => problems.Count == 0 ? null : string.Join(' ', problems);

    public static PresignedQuery Read(string query)
    {
        var result = new PresignedQuery();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            var equals = pair.IndexOf('=');
            if (equals > 0)
            {
                result.Take(Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
            }
        }

        if (result.Announced)
        {
            result.Demand(result.Algorithm, "X-Amz-Algorithm");
            result.Demand(result.Credential, "X-Amz-Credential");
            result.Demand(result.Signature, "X-Amz-Signature");
            result.Demand(result.SignedHeaders, "X-Amz-SignedHeaders");
            result.Demand(result.Date, "X-Amz-Date");
        }

        return result;
    }

    private static string Decode(ReadOnlySpan<char> text) => Encoding.UTF8.GetString(UriText.Decode(text));

    private void Take(string name, string value)
    {
        var previous = name switch
        {
            "X-Amz-Algorithm" => Exchange(Algorithm, Algorithm = value),
            "X-Amz-Credential" => Exchange(Credential, Credential = value),
            "X-Amz-Date" => Exchange(Date, Date = value),
            "X-Amz-Expires" => Exchange(Expires, Expires = value),
            "X-Amz-SignedHeaders" => Exchange(SignedHeaders, SignedHeaders = value),
            "X-Amz-Signature" => Exchange(Signature, Signature = value),
            "X-Amz-Security-Token" => Exchange(SecurityToken, SecurityToken = value),
            _ => null,
        };
        if (previous is not null)
        {
            problems.Add($"AWS query-string parameters must include '{name}' only once.");
        }

        static string? Exchange(string? before, string after) => after is null ? null : before;
    }

    private void Demand(string? value, string name)
    {
        if (string.IsNullOrEmpty(value))
        {
            problems.Add($"AWS query-string parameters must include '{name}'.");
        }
    }
}
