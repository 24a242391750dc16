namespace Casement.Aws.Signing;

/// <summary>An HTTP request as it stood on the wire, before any decoding: signatures cover the raw text.</summary>
/// <param name="Method">Upper case.</param>
/// <param name="RawPath">Percent-encoded as sent, without the query; empty means <c>/</c>.</param>
/// <param name="RawQuery">Percent-encoded as sent, without the question mark; may be empty.</param>
/// <param name="Headers">In order of arrival, a name may repeat; names compare ignoring case. Host includes the port.</param>
/// <param name="Body">The whole body after transfer decoding (chunks joined), before content decoding.</param>
public sealed record HttpMessage(
    string Method,
    string RawPath,
    string RawQuery,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body)
{
    /// <summary>The values of a header joined by commas as RFC 9110 allows, or null when it is absent.</summary>
    public string? Header(string name)
    {
        string? joined = null;
        for (var index = 0; index < Headers.Count; index++)
        {
            var header = Headers[index];
            if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                joined = joined is null ? header.Value : $"{joined},{header.Value}";
            }
        }

        return joined;
    }
}
