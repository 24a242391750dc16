using System.Text;
using Casement.Aws.Signing;

namespace Casement.Aws.Tests.Signing;

/// <summary>A signed request taken apart into the places where one byte can be changed, and put together again.</summary>
internal sealed class ByteChange
{
    private readonly SignedVector vector;
    private readonly string meaning;
    private readonly SignatureClaim claim;
    private readonly string[] signed;

    public ByteChange(SignedVector vector)
    {
        this.vector = vector;
        claim = vector.Claim();
        signed = claim.SignedHeaders.Split(';');
        meaning = Meaning.Of(vector.Message, signed);
        var message = vector.Message;
        Target = Encoding.Latin1.GetBytes(message.RawQuery.Length == 0 ? message.RawPath : $"{message.RawPath}?{message.RawQuery}");
        Headers =
        [
            .. message.Headers.Select((header, index) => (header, index))
                .Where(h => signed.Contains(h.header.Key.ToLowerInvariant()) || h.header.Key == "Authorization")
                .Select(h => h.index),
        ];
    }

    /// <summary>Path and query as in the request line.</summary>
    public byte[] Target { get; }

    /// <summary>Where the signed headers and Authorization stand.</summary>
    public IReadOnlyList<int> Headers { get; }

    public byte[] Body => vector.Message.Body.ToArray();

    public byte[] HeaderValue(int index) => Encoding.Latin1.GetBytes(vector.Message.Headers[index].Value);

    public HttpMessage WithTarget(byte[] target)
    {
        var parts = Encoding.Latin1.GetString(target).Split('?', 2);
        return vector.Message with { RawPath = parts[0], RawQuery = parts.Length > 1 ? parts[1] : "" };
    }

    public HttpMessage WithHeader(int index, byte[] value)
    {
        KeyValuePair<string, string>[] headers = [.. vector.Message.Headers];
        headers[index] = KeyValuePair.Create(headers[index].Key, Encoding.Latin1.GetString(value));
        return vector.Message with { Headers = headers };
    }

    public HttpMessage WithBody(byte[] body) => vector.Message with { Body = body };

    /// <summary>Whether a changed request means what the signer meant.</summary>
    public bool MeansTheSame(HttpMessage changed) => Meaning.Of(changed, signed) == meaning;

    /// <summary>As the server decides: the claim, everything that needs no key, the key's secret and token, the signature.</summary>
    public bool Accepts(HttpMessage message) =>
        SigV4.TryRead(message, out var now, out _)
        && SigV4.Check(message, now, claim.Service, claim.SignedAt) is null
        && now.AccessKeyId == claim.AccessKeyId && now.SessionToken == claim.SessionToken
        && SigV4.Verify(message, now, SigV4.SigningKey(vector.Secret, now.Date, now.Region, now.Service));

    public void Holds(HttpMessage changed) => Assert.True(
        Accepts(changed) == MeansTheSame(changed),
        $"{vector.Name}: {(MeansTheSame(changed) ? "refused, but means the same" : "accepted, but means something else")}:\n"
        + $"{changed.Method} {changed.RawPath}?{changed.RawQuery}\n"
        + string.Join('\n', changed.Headers.Select(header => $"{header.Key}: {header.Value}"))
        + $"\n\n{Convert.ToBase64String(changed.Body.Span)}");
}
