using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Casement.Aws;
using Casement.Server.Ssm.Documents;

namespace Casement.Server.Ssm.Commands;

/// <summary>
/// Values for a document's parameters: checked here, whatever the agent checks, and shaped by the declared types. Rule by rule
/// over all parameters; the first rule that is broken names every parameter that breaks it.
/// </summary>
internal static class ParameterRules
{
    /// <summary>Where a refusal carries the names of the parameters, for who words it differently.</summary>
    public const string NamesKey = "ssm.parameters";

    /// <exception cref="AwsException">InvalidParameters, naming parameter, value and rule.</exception>
    public static void Check(CommandDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> given)
    {
        var declared = document.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var known = string.Join(", ", declared.Keys.Order(StringComparer.Ordinal));
        Refuse([.. given.Keys.Where(k => !declared.ContainsKey(k)).Order(StringComparer.Ordinal).Select(k =>
            (k, $"{k} is no parameter of {document.Name}, which has: {known}"))]);
        Refuse([.. document.Parameters.Where(p => p.Default is null && !given.ContainsKey(p.Name)).Select(p =>
            (p.Name, $"{p.Name} is required"))]);
        var pairs = document.Parameters.Where(p => given.ContainsKey(p.Name)).Select(p => (Parameter: p, Values: given[p.Name])).ToList();
        foreach (var rule in Rules)
        {
            Refuse([.. pairs.Select(p => (p.Parameter.Name, Fault: rule(p.Parameter, p.Values))).Where(f => f.Fault is not null)
                .Select(f => (f.Name, $"{f.Name} {f.Fault}"))]);
        }
    }

    /// <summary>The values as agents expect them: text for String, a list for StringList, JSON for the others.</summary>
    public static Dictionary<string, JsonElement> Shaped(CommandDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> given) =>
        document.Parameters.Where(p => given.ContainsKey(p.Name)).ToDictionary(p => p.Name, p => Shape(p, given[p.Name]), StringComparer.Ordinal);

    private static JsonElement Shape(DeclaredParameter parameter, IReadOnlyList<string> values) => parameter.Type switch
    {
        "StringList" => JsonSerializer.SerializeToElement(values),
        "Boolean" => JsonSerializer.SerializeToElement(bool.Parse(values[0])),
        "Integer" => JsonSerializer.SerializeToElement(long.Parse(values[0], CultureInfo.InvariantCulture)),
        "StringMap" => JsonSerializer.SerializeToElement(JsonNode.Parse(values[0])),
        "MapList" => JsonSerializer.SerializeToElement(new JsonArray([.. values.Select(v => JsonNode.Parse(v))])),
        _ => JsonSerializer.SerializeToElement(values[0]),
    };

    private static readonly Func<DeclaredParameter, IReadOnlyList<string>, string?>[] Rules =
    [
        OneValue, OfType, Allowed, Matching, LongEnough, EnoughItems,
    ];

    private static string? OneValue(DeclaredParameter p, IReadOnlyList<string> values) =>
        p.IsList || values.Count == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"is a {p.Type} and takes exactly one value, not {values.Count}");

    private static string? OfType(DeclaredParameter p, IReadOnlyList<string> values)
    {
        var wrong = p.Type switch
        {
            "Boolean" => values.FirstOrDefault(v => v is not ("true" or "false")),
            "Integer" => values.FirstOrDefault(v => !long.TryParse(v, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
            "StringMap" or "MapList" => values.FirstOrDefault(v => !IsObject(v)),
            _ => null,
        };
        return wrong is null ? null : $"'{wrong}' is not of the type {(p.Type == "MapList" ? "StringMap" : p.Type)}";
    }

    private static string? Allowed(DeclaredParameter p, IReadOnlyList<string> values) =>
        p.AllowedValues is { } allowed && values.FirstOrDefault(v => !allowed.Contains(v)) is { } wrong
            ? $"'{wrong}' is none of the allowed values: {string.Join(", ", allowed)}"
            : null;

    private static string? Matching(DeclaredParameter p, IReadOnlyList<string> values) =>
        p.AllowedPattern is { } pattern && values.FirstOrDefault(v => !pattern.IsMatch(v)) is { } wrong
            ? $"'{wrong}' does not match the allowed pattern {pattern.Text}"
            : null;

    private static string? LongEnough(DeclaredParameter p, IReadOnlyList<string> values)
    {
        foreach (var value in values)
        {
            var length = value.EnumerateRunes().Count();
            if (length < p.MinChars)
            {
                return string.Create(CultureInfo.InvariantCulture, $"has {length} characters; at least {p.MinChars} are needed");
            }

            if (length > p.MaxChars)
            {
                return string.Create(CultureInfo.InvariantCulture, $"has {length} characters; at most {p.MaxChars} are allowed");
            }
        }

        return null;
    }

    private static string? EnoughItems(DeclaredParameter p, IReadOnlyList<string> values) =>
        values.Count < p.MinItems ? string.Create(CultureInfo.InvariantCulture, $"has {values.Count} items; at least {p.MinItems} are needed")
        : values.Count > p.MaxItems ? string.Create(CultureInfo.InvariantCulture, $"has {values.Count} items; at most {p.MaxItems} are allowed")
        : null;

    private static bool IsObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Refuse(List<(string Name, string Fault)> faults)
    {
        if (faults.Count > 0)
        {
            throw new AwsException("InvalidParameters", string.Join("; ", faults.Select(f => f.Fault)) + ".")
            {
                Data = { [NamesKey] = string.Join(", ", faults.Select(f => f.Name)) },
            };
        }
    }
}
