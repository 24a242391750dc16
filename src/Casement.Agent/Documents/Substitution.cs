using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Casement.Agent.Documents;

/// <summary>
/// Puts parameter values where a document says <c>{{ name }}</c>. A text that is nothing but one placeholder becomes the
/// value itself, of whatever type. Within a longer text a string is inserted as it is, another value as JSON, and
/// <c>$$</c> in the value as <c>$</c>: the stock agent does so, and documents are written for it. Unknown names stay as
/// they are. Inserted text is not searched again, and nothing is quoted for a shell.
/// </summary>
internal static class Substitution
{
    internal static JsonNode? Apply(JsonElement input, ParameterValues parameters) =>
        input.ValueKind switch
        {
            JsonValueKind.String => ApplyToText(input.GetString()!, parameters),
            JsonValueKind.Array => new JsonArray([.. input.EnumerateArray().Select(item => Apply(item, parameters))]),
            JsonValueKind.Object => new JsonObject(
                input.EnumerateObject().DistinctBy(member => member.Name)
                    .Select(member => KeyValuePair.Create(member.Name, Apply(member.Value, parameters)))),
            JsonValueKind.Null or JsonValueKind.Undefined => null,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => JsonValue.Create(input),
        };

    /// <summary>True when the text holds a placeholder of a known parameter.</summary>
    internal static bool Mentions(string text, ParameterValues parameters) =>
        Placeholders(text).Any(found => parameters.ContainsKey(found.Name));

    private static JsonNode? ApplyToText(string text, ParameterValues parameters)
    {
        StringBuilder? result = null;
        var copied = 0;
        foreach (var (start, end, name) in Placeholders(text))
        {
            if (!parameters.TryGetValue(name, out var value))
            {
                continue;
            }
            parameters.Spend(value);
            if (start == 0 && end == text.Length)
            {
                return ToNode(value);
            }
            result ??= new StringBuilder();
            result.Append(text, copied, start - copied).Append(ToText(value).Replace("$$", "$", StringComparison.Ordinal));
            copied = end;
        }
        return JsonValue.Create(result is null ? text : result.Append(text, copied, text.Length - copied).ToString());
    }

    private static string ToText(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonNode? ToNode(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new JsonObject(value.EnumerateObject().DistinctBy(member => member.Name)
            .Select(member => KeyValuePair.Create(member.Name, ToNode(member.Value)))),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(ToNode)]),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => JsonValue.Create(value.GetString()),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => JsonValue.Create(value),
    };

    private static IEnumerable<(int Start, int End, string Name)> Placeholders(string text)
    {
        for (var start = text.IndexOf("{{", StringComparison.Ordinal); start >= 0;
            start = text.IndexOf("{{", start + 1, StringComparison.Ordinal))
        {
            var nameStart = SkipSpace(text, start + 2);
            var nameEnd = nameStart;
            while (nameEnd < text.Length && char.IsAsciiLetterOrDigit(text[nameEnd]))
            {
                nameEnd++;
            }
            var close = SkipSpace(text, nameEnd);
            if (nameEnd > nameStart && string.CompareOrdinal(text, close, "}}", 0, 2) == 0)
            {
                yield return (start, close + 2, text[nameStart..nameEnd]);
                start = close + 1;
            }
        }
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t' or '\r' or '\n'))
        {
            at++;
        }
        return at;
    }
}

/// <summary>
/// What placeholders stand for. A long value in many places would make a document of gigabytes out of a small message: what is
/// put in altogether is bounded.
/// </summary>
internal sealed class ParameterValues : Dictionary<string, JsonElement>
{
    private const int BytesMax = 16 * 1024 * 1024;
    private int _spent;

    internal ParameterValues() : base(StringComparer.Ordinal)
    {
    }

    /// <exception cref="InvalidDataException">Too much has been put in.</exception>
    internal void Spend(JsonElement value)
    {
        _spent += JsonMarshal.GetRawUtf8Value(value).Length;
        if (_spent > BytesMax)
        {
            throw new InvalidDataException($"With the values of its parameters put in, the document is larger than {BytesMax} bytes.");
        }
    }
}
