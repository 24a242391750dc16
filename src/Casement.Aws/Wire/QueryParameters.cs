using System.Collections;
using System.Text;

namespace Casement.Aws.Wire;

/// <summary>Form parameters, decoded, in the order of the body. No name occurs twice.</summary>
public sealed class QueryParameters : IReadOnlyList<KeyValuePair<string, string>>
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<KeyValuePair<string, string>> pairs = [];
    private readonly Dictionary<string, string> byName = new(StringComparer.Ordinal);

    internal QueryParameters(ReadOnlySpan<byte> form)
    {
        foreach (var range in form.Split((byte)'&'))
        {
            var pair = form[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            if (!byName.TryAdd(name, value))
            {
                throw Malformed($"The parameter '{name}' is given more than once.");
            }

            pairs.Add(new(name, value));
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => pairs.Count;

    /// <summary>The parameter at a position of the body.</summary>
    public KeyValuePair<string, string> this[int index] => pairs[index];

    /// <summary>The value of a parameter such as <c>Action</c>, or null; case counts.</summary>
    public string? Find(string name) => byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static AwsException Malformed(string text)
        => new("MalformedQueryString", $"The query string contains a syntax error. {text}", 404);

    private static string Decode(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[text.Length];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var value = text[index];
            if (value == (byte)'%')
            {
                if (index + 2 >= text.Length
                    || Convert.FromHexString(text.Slice(index + 1, 2), decoded.AsSpan(length, 1), out _, out _)
                        != System.Buffers.OperationStatus.Done)
                {
                    throw Malformed("A percent sign is not followed by two hex digits.");
                }

                index += 2;
                length++;
                continue;
            }

            decoded[length++] = value == (byte)'+' ? (byte)' ' : value;
        }

        try
        {
            return StrictUtf8.GetString(decoded, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("A parameter is not valid UTF-8.");
        }
    }
}
