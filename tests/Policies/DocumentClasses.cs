using System.Text.Json;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>What a generated document has in it, for the tests that say what the generator reaches.</summary>
internal static class DocumentClasses
{
    public static IEnumerable<string> Of(string json, Ask ask)
    {
        var root = JsonDocument.Parse(json).RootElement;
        var statements = root.GetProperty("Statement") is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : new[] { root.GetProperty("Statement") };
        if (statements.Length > 8)
        {
            yield return "many statements";
        }

        if (!root.TryGetProperty("Version", out var version) || version.GetString() == "2008-10-17")
        {
            yield return "old version";
        }

        foreach (var statement in statements)
        {
            foreach (var member in statement.EnumerateObject())
            {
                yield return member.Name;
            }

            if (statement.GetRawText().Contains("${", StringComparison.Ordinal))
            {
                yield return "variable";
            }

            foreach (var name in statement.TryGetProperty("Condition", out var block) ? Conditions(block, ask) : [])
            {
                yield return name;
            }
        }
    }

    private static IEnumerable<string> Conditions(JsonElement block, Ask ask)
    {
        foreach (var (op, key) in block.EnumerateObject().SelectMany(o => o.Value.EnumerateObject().Select(k => (o.Name.ToLowerInvariant(), k))))
        {
            var wanted = key.Value.ValueKind == JsonValueKind.Array ? key.Value.EnumerateArray().Select(v => v.ToString()) : [key.Value.ToString()];
            var outcome = Operators.Holds(op, key.Name, [.. wanted], ask.Facts, hasVariables: true) ? "holds" : "fails";
            var prefix = op.IndexOf(':', StringComparison.Ordinal) + 1;
            var hasSuffix = op.EndsWith("ifexists", StringComparison.Ordinal);
            yield return $"{op[prefix..(hasSuffix ? ^8 : ^0)]} {outcome}";
            if (prefix > 0)
            {
                yield return $"{op[..prefix]} {outcome}";
            }

            if (hasSuffix)
            {
                yield return $"ifexists {outcome}";
            }
        }
    }
}
