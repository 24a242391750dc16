using System.Text.Json;
using System.Text.Json.Nodes;

namespace Casement.Agent.Documents;

/// <summary>
/// One plugin of a document of schema 1.x, or one step of schema 2.x. The key names the result: the plugin in 1.x, the
/// step in 2.x.
/// </summary>
internal abstract record PlannedStep(string Key, string Plugin)
{
    internal const string ShellPlugin = "aws:runShellScript";

    private static readonly string[] _windowsOnly = ["aws:applications", "aws:psModule", "aws:updateAgent"];

    internal static PlannedStep ReadPlugin(JsonProperty plugin, ParameterValues parameters)
    {
        if (plugin.Name != ShellPlugin)
        {
            return Unsupported(plugin.Name, plugin.Name);
        }
        if (plugin.Value.ValueKind != JsonValueKind.Object
            || !plugin.Value.TryGetProperty("properties", out var properties))
        {
            return new Refused(plugin.Name, plugin.Name, "runtimeConfig of aws:runShellScript has no properties.");
        }
        var parts = properties.ValueKind == JsonValueKind.Array
            ? properties.EnumerateArray().Select(entry => ShellScript.Read(Substitution.Apply(entry, parameters)))
            : [ShellScript.Read(Substitution.Apply(properties, parameters))];
        return new Shell(plugin.Name, [.. parts], new StepModifiers());
    }

    internal static PlannedStep ReadStep(
        string name, string action, JsonElement step, string schema, ParameterValues parameters)
    {
        if (step.TryGetProperty("precondition", out var precondition))
        {
            switch (Precondition.Read(precondition, schema, parameters))
            {
                case Precondition.Broken broken:
                    return new Refused(name, action, $"{broken.Reason} Step name: {name}");
                case Precondition.Unmet unmet:
                    return new Skipped(name, action,
                        $"Step execution skipped due to unsatisfied preconditions: {unmet.Text}. Step name: {name}");
                default:
                    break;
            }
        }
        if (action != ShellPlugin)
        {
            return schema == "2.2" && _windowsOnly.Contains(action)
                ? new Skipped(name, action, $"Step execution skipped: {action} is for Windows. Step name: {name}")
                : Unsupported(name, action);
        }
        var inputs = step.TryGetProperty("inputs", out var given) ? Substitution.Apply(given, parameters) : null;
        return new Shell(name, [ShellScript.Read(inputs)], StepModifiers.Read(inputs as JsonObject));
    }

    private static Refused Unsupported(string key, string plugin) => new(key, plugin,
        $"Plugin with name {plugin} is not supported by this version of the agent, which runs {ShellPlugin} only. "
        + $"Step name: {key}");

    /// <summary>Scripts to run, one after the other whatever becomes of them.</summary>
    internal sealed record Shell(string Key, IReadOnlyList<ShellScript> Parts, StepModifiers Modifiers)
        : PlannedStep(Key, ShellPlugin);

    /// <summary>Fails without running anything.</summary>
    internal sealed record Refused(string Key, string Plugin, string Reason) : PlannedStep(Key, Plugin);

    /// <summary>Is not for this node.</summary>
    internal sealed record Skipped(string Key, string Plugin, string Reason) : PlannedStep(Key, Plugin);
}

/// <summary>Members of a step's inputs that say what becomes of the steps after it.</summary>
internal sealed record StepModifiers(
    bool ExitOnFailure = false, bool SucceedOnFailure = false, bool ExitOnSuccess = false, bool IsFinally = false)
{
    internal static StepModifiers Read(JsonObject? inputs)
    {
        string? Text(string name) => inputs?[name] is JsonValue value ? value.ToString() : null;
        return new StepModifiers(
            Text("onFailure") == "exit", Text("onFailure") == "successAndExit", Text("onSuccess") == "exit",
            string.Equals(Text("finallyStep"), "true", StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Whether a step is for this node.</summary>
internal abstract record Precondition
{
    private static readonly string[] _platforms = ["Linux", "Windows", "MacOS"];

    private Precondition()
    {
    }

    internal static Precondition Read(
        JsonElement precondition, string schema, ParameterValues parameters)
    {
        if (schema != "2.2")
        {
            return new Broken($"A precondition needs schema 2.2, this document has {schema}.");
        }
        if (precondition.ValueKind != JsonValueKind.Object || precondition.EnumerateObject().Count() != 1
            || !precondition.TryGetProperty("StringEquals", out var arguments)
            || arguments.ValueKind != JsonValueKind.Array || arguments.GetArrayLength() != 2
            || arguments.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            return new Broken("The precondition must be StringEquals with two texts.");
        }
        var (left, right) = (arguments[0].GetString()!, arguments[1].GetString()!);
        var text = $"\"StringEquals\": [{left}, {right}]";
        if (left == "platformType" || right == "platformType")
        {
            var platform = left == "platformType" ? right : left;
            return !_platforms.Contains(platform, StringComparer.OrdinalIgnoreCase)
                ? new Broken($"The precondition names the unknown platform {platform}.")
                : platform.Equals("Linux", StringComparison.OrdinalIgnoreCase) ? new Met() : new Unmet(text);
        }
        if (!Substitution.Mentions(left, parameters) && !Substitution.Mentions(right, parameters))
        {
            return new Broken("The precondition must compare platformType or a parameter.");
        }
        return Value(arguments[0], parameters) == Value(arguments[1], parameters) ? new Met() : new Unmet(text);
    }

    private static string Value(JsonElement argument, ParameterValues parameters) =>
        Substitution.Apply(argument, parameters)?.ToString() ?? "";

    internal sealed record Met : Precondition;

    internal sealed record Unmet(string Text) : Precondition;

    internal sealed record Broken(string Reason) : Precondition;
}
