using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Casement.Clients.Tests;

/// <summary>One rule of the model broken in one request, and the sentence that says so.</summary>
/// <param name="Body">The request: nothing but what breaks the rule.</param>
/// <param name="Sentence">From the value on, or from the path on where the value is a whole list or map.</param>
public sealed record ConstraintCase(string Operation, string Rule, string Body, string Sentence)
{
    public override string ToString() => $"{Operation} {Rule}";
}

/// <summary>Walks an operation's input in the model's facts and breaks each rule in turn.</summary>
internal sealed class ConstraintCases(string operation)
{
    private const int DepthMax = 6;
    private const int LengthMax = 500_000;
    private static readonly string[] Odd = ["!", "", " ", "é", "a b", "\u0001", "-", "%", "a", "1", "../..", new('z', 300)];
    private readonly List<ConstraintCase> _cases = [];

    /// <summary>Rules that could not be broken in a request: no odd value breaks the pattern, or the value would be too long.</summary>
    public List<string> Skipped { get; } = [];

    public List<ConstraintCase> Of(JsonElement input)
    {
        Structure(input, "", hidden: false, value => value, 0);
        return _cases;
    }

    private void Structure(JsonElement members, string prefix, bool hidden, Func<JsonNode, JsonNode> around, int depth)
    {
        foreach (var member in members.EnumerateObject())
        {
            var path = prefix + char.ToLowerInvariant(member.Name[0]) + member.Name[1..];
            JsonNode Wrap(JsonNode? value) => around(new JsonObject { [member.Name] = value });
            if (Flag(member.Value, "required"))
            {
                Add(path, "required", around(new JsonObject()), $"Value null at '{path}' failed to satisfy constraint: Member must not be null");
            }

            Value(member.Value, path, hidden || Flag(member.Value, "sensitive"), Wrap, depth);
        }
    }

    private void Value(JsonElement shape, string path, bool hidden, Func<JsonNode, JsonNode> wrap, int depth)
    {
        var type = Type(shape);
        if (type is "string" or "integer" or "long")
        {
            foreach (var (rule, bad, sentence) in Broken(shape, path))
            {
                Add(path, rule, wrap(bad), $"Value '{(hidden ? "***" : bad.ToString())}' at '{path}' failed to satisfy constraint: {sentence}");
            }
        }
        else if (depth < DepthMax && type == "structure")
        {
            Structure(shape.GetProperty("members"), $"{path}.", hidden, wrap, depth + 1);
        }
        else if (depth < DepthMax && type == "list")
        {
            List(shape, path, hidden, wrap, depth);
        }
        else if (depth < DepthMax && type == "map")
        {
            Map(shape, path, wrap);
        }
    }

    private void List(JsonElement shape, string path, bool hidden, Func<JsonNode, JsonNode> wrap, int depth)
    {
        var member = shape.GetProperty("member");
        Sizes(shape, path, wrap, count => new JsonArray([.. Enumerable.Range(0, count).Select(i => Sample(member, i))]));
        if (Type(member) == "structure")
        {
            Structure(member.GetProperty("members"), $"{path}.1.member.", hidden, value => wrap(new JsonArray(value)), depth + 1);
            return;
        }

        foreach (var (rule, bad, _) in Broken(member, path))
        {
            Add(path, $"each {rule}", wrap(new JsonArray(bad)), $"' at '{path}' failed to satisfy constraint: Member must satisfy constraint: {All(member)}");
        }
    }

    private void Map(JsonElement shape, string path, Func<JsonNode, JsonNode> wrap)
    {
        var key = shape.GetProperty("key");
        var value = shape.GetProperty("value");
        Sizes(shape, path, wrap, count => new JsonObject(
            Enumerable.Range(0, count).Select(i => KeyValuePair.Create(string.Create(CultureInfo.InvariantCulture, $"key{i}"), (JsonNode?)Sample(value, i)))));
        foreach (var (rule, bad, _) in Broken(key, path))
        {
            Add(path, $"key {rule}", wrap(new JsonObject { [bad.ToString()] = Sample(value, 0) }), $"' at '{path}' failed to satisfy constraint: Map keys must satisfy constraint: {All(key)}");
        }

        if (Type(value) == "string")
        {
            foreach (var (rule, bad, _) in Broken(value, path))
            {
                Add(path, $"value {rule}", wrap(new JsonObject { ["key"] = bad }), $"' at '{path}' failed to satisfy constraint: Map value must satisfy constraint: {All(value)}");
            }
        }
    }

    private void Sizes(JsonElement shape, string path, Func<JsonNode, JsonNode> wrap, Func<int, JsonNode> make)
    {
        if (Bound(shape, "max") is { } max && max < 10_000)
        {
            Add(path, "max", wrap(make((int)max + 1)), $"' at '{path}' failed to satisfy constraint: Member must have length less than or equal to {max}");
        }

        if (Bound(shape, "min") is { } min and > 0)
        {
            Add(path, "min", wrap(make((int)min - 1)), $"' at '{path}' failed to satisfy constraint: Member must have length greater than or equal to {min}");
        }
    }

    /// <summary>A value for each rule of a scalar that breaks it, with the rule's sentence.</summary>
    private IEnumerable<(string Rule, JsonNode Bad, string Sentence)> Broken(JsonElement shape, string path)
    {
        var text = Type(shape) == "string";
        var measure = text ? "length" : "value";
        if (Bound(shape, "max") is { } max)
        {
            if (text && max > LengthMax)
            {
                Skipped.Add($"{operation} {path} max");
            }
            else
            {
                yield return ("max", text ? new string('a', (int)max + 1) : max + 1, $"Member must have {measure} less than or equal to {max}");
            }
        }

        if (Bound(shape, "min") is { } min && (!text || min > 0))
        {
            yield return ("min", text ? new string('a', (int)min - 1) : min - 1, $"Member must have {measure} greater than or equal to {min}");
        }

        if (shape.TryGetProperty("pattern", out var pattern))
        {
            var regex = new Regex($"^(?:{pattern.GetString()})$", RegexOptions.None, TimeSpan.FromSeconds(5));
            if (Odd.FirstOrDefault(o => !regex.IsMatch(o)) is { } odd)
            {
                yield return ("pattern", odd, $"Member must satisfy regular expression pattern: {pattern.GetString()}");
            }
            else
            {
                Skipped.Add($"{operation} {path} pattern {pattern.GetString()}");
            }
        }

        if (shape.TryGetProperty("enum", out var values))
        {
            yield return ("enum", "NoSuchValue", $"Member must satisfy enum value set: [{string.Join(", ", values.EnumerateArray().Select(v => v.GetString()))}]");
        }
    }

    /// <summary>All rules of what a list or map holds, as AWS prints them together.</summary>
    private static string All(JsonElement shape)
    {
        var sentences = new List<string>();
        var (min, max) = (Bound(shape, "min"), Bound(shape, "max"));
        if (max is not null)
        {
            sentences.Add($"Member must have length less than or equal to {max}");
        }

        if (min is not null || max is not null)
        {
            sentences.Add($"Member must have length greater than or equal to {min ?? 0}");
        }

        if (shape.TryGetProperty("pattern", out var pattern))
        {
            sentences.Add($"Member must satisfy regular expression pattern: {pattern.GetString()}");
        }

        if (shape.TryGetProperty("enum", out var values))
        {
            sentences.Add($"Member must satisfy enum value set: [{string.Join(", ", values.EnumerateArray().Select(v => v.GetString()))}]");
        }

        return $"[{string.Join(", ", sentences)}]";
    }

    private static JsonNode Sample(JsonElement shape, int index) => Type(shape) switch
    {
        "structure" => new JsonObject(),
        "list" => new JsonArray(),
        "map" => new JsonObject(),
        "integer" or "long" => index,
        "boolean" => true,
        _ => string.Create(CultureInfo.InvariantCulture, $"v{index}"),
    };

    private void Add(string path, string rule, JsonNode body, string sentence) =>
        _cases.Add(new ConstraintCase(operation, $"{path} {rule}", body.ToJsonString(), sentence));

    private static string Type(JsonElement shape) => shape.GetProperty("type").GetString()!;

    private static bool Flag(JsonElement shape, string name) => shape.TryGetProperty(name, out var value) && value.GetBoolean();

    private static long? Bound(JsonElement shape, string name) =>
        shape.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var bound) ? bound : null;
}
