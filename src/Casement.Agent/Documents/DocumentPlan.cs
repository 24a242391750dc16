using System.Text.Json;
using System.Text.RegularExpressions;
using Casement.Aws.Nodes;

namespace Casement.Agent.Documents;

/// <summary>What a command comes to on this node.</summary>
internal abstract record DocumentPlan
{
    private static readonly string[] _schemas = ["1.0", "1.2", "2.0", "2.0.1", "2.0.2", "2.0.3", "2.2"];

    private DocumentPlan()
    {
    }

    /// <summary>Reads the payload of a command message. Nothing of it is run when a part cannot be read.</summary>
    internal static DocumentPlan Read(string payloadText)
    {
        try
        {
            var payload = JsonSerializer.Deserialize(payloadText, NodeJson.Wire.SendCommandPayload);
            return payload is null
                ? new Refused("The payload of the command is empty.")
                : Read(payload.DocumentContent, payload.Parameters ?? new Dictionary<string, JsonElement>());
        }
        catch (JsonException fault)
        {
            return new Refused($"The payload of the command is not the JSON of a command: {fault.Message}");
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half of a surrogate pair, which no text can hold
            return new Refused("The payload of the command holds a text that is not valid Unicode.");
        }
        catch (InvalidDataException fault)
        {
            return new Refused(fault.Message);
        }
    }

    private static DocumentPlan Read(JsonElement document, IReadOnlyDictionary<string, JsonElement> given)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            return new Refused("DocumentContent is not a JSON object.");
        }
        var schema = document.TryGetProperty("schemaVersion", out var version) ? version.ToString() : "";
        if (!_schemas.Contains(schema))
        {
            return new Refused($"Document with schema version {schema} is not supported by this version of the agent. "
                + $"Supported: {string.Join(", ", _schemas)}.");
        }
        var parameters = new ParameterValues();
        if (DocumentParameters.TryResolve(document, given, parameters) is { } fault)
        {
            return new Refused(fault);
        }
        if (schema[0] == '1' && document.TryGetProperty("runtimeConfig", out var plugins)
            && plugins.ValueKind == JsonValueKind.Object)
        {
            return new Steps([.. plugins.EnumerateObject().Select(plugin => PlannedStep.ReadPlugin(plugin, parameters))]);
        }
        if (schema[0] == '2' && document.TryGetProperty("mainSteps", out var steps)
            && steps.ValueKind == JsonValueKind.Array && steps.GetArrayLength() > 0)
        {
            return ReadSteps(steps, schema, parameters);
        }
        return new Refused("Unsupported schema format: a document of schema 1.x needs runtimeConfig, one of 2.x mainSteps.");
    }

    private static DocumentPlan ReadSteps(
        JsonElement steps, string schema, ParameterValues parameters)
    {
        var planned = new List<PlannedStep>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps.EnumerateArray())
        {
            if (!TryText(step, "name", out var name) || !TryText(step, "action", out var action))
            {
                return new Refused($"mainSteps[{planned.Count}] needs a name and an action.");
            }
            if (!names.Add(name))
            {
                return new Refused($"mainSteps[{planned.Count}]: the name {name} occurs twice.");
            }
            planned.Add(PlannedStep.ReadStep(name, action, step, schema, parameters));
        }
        return new Steps(planned);
    }

    private static bool TryText(JsonElement step, string member, out string text)
    {
        text = step.ValueKind == JsonValueKind.Object && step.TryGetProperty(member, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return text.Length > 0;
    }

    /// <summary>The steps to carry out, in order.</summary>
    internal sealed record Steps(IReadOnlyList<PlannedStep> All) : DocumentPlan
    {
        /// <summary>The longest that the scripts may take together.</summary>
        internal TimeSpan Longest => TimeSpan.FromSeconds(
            All.OfType<PlannedStep.Shell>().Sum(step => step.Parts.Sum(part => (double)part.TimeoutSeconds)));
    }

    /// <summary>The document cannot be run at all.</summary>
    internal sealed record Refused(string Reason) : DocumentPlan;
}

/// <summary>Values of a document's parameters: the given ones, else the defaults.</summary>
internal static class DocumentParameters
{
    /// <returns>Null, or the first fault.</returns>
    internal static string? TryResolve(
        JsonElement document, IReadOnlyDictionary<string, JsonElement> given, ParameterValues resolved)
    {
        foreach (var (name, value) in given)
        {
            resolved[name] = value;
        }
        if (!document.TryGetProperty("parameters", out var declared) || declared.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        foreach (var parameter in declared.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.Object))
        {
            if (!resolved.TryGetValue(parameter.Name, out var value))
            {
                if (!parameter.Value.TryGetProperty("default", out value))
                {
                    return $"Parameter {parameter.Name} has neither a value nor a default.";
                }
                resolved[parameter.Name] = value;
            }
            if (parameter.Value.TryGetProperty("allowedPattern", out var pattern)
                && pattern.ValueKind == JsonValueKind.String && !Matches(value, pattern.GetString()!))
            {
                return $"Parameter {parameter.Name} does not match its allowedPattern {pattern.GetString()}.";
            }
        }
        return null;
    }

    private static bool Matches(JsonElement value, string pattern) => value.ValueKind switch
    {
        JsonValueKind.String => Matches(value.GetString()!, pattern),
        JsonValueKind.Array => value.EnumerateArray().All(item => Matches(item, pattern)),
        _ => true,
    };

    private static bool Matches(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(
                value, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(500));
        }
        catch (Exception fault) when (fault is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
