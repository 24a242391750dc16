using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Casement.Agent.Documents;

/// <summary>Inputs of <c>aws:runShellScript</c> after substitution. With a fault nothing can be run.</summary>
internal sealed record ShellScript(
    string Text, string? WorkingDirectory, int TimeoutSeconds, IReadOnlyDictionary<string, string> Environment,
    string? Fault = null)
{
    internal const int TimeoutSecondsDefault = 3600;
    private const int TimeoutSecondsMax = 172_800;

    internal static ShellScript Read(JsonNode? inputs)
    {
        if (inputs is not JsonObject values)
        {
            return Broken("Invalid format in plugin properties: the inputs of aws:runShellScript must be an object.");
        }
        if (values["runCommand"] is not JsonArray lines || lines.Any(line => !IsText(line)))
        {
            return Broken("Invalid format in plugin properties: runCommand must be a list of texts.");
        }
        var directory = values["workingDirectory"] is { } given && IsText(given) ? given.GetValue<string>() : "";
        if (directory.Length > 0 && !Path.IsPathRooted(directory))
        {
            return Broken($"workingDirectory {directory} is not an absolute path.");
        }
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values["environment"] as JsonObject ?? [])
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            {
                return Broken($"environment holds a variable with the impossible name {name}.");
            }
            environment[name] = value?.ToString() ?? "";
        }
        return new ShellScript(
            string.Join('\n', lines.Select(line => line!.GetValue<string>())),
            directory.Length == 0 ? null : directory, ReadTimeout(values["timeoutSeconds"]), environment);
    }

    private static ShellScript Broken(string fault) =>
        new("", null, 0, new Dictionary<string, string>(), fault);

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    /// <summary>
    /// As the stock agent, 3600 for what is no number of seconds up to two days; unlike it, 1 to 4 are honoured.
    /// </summary>
    private static int ReadTimeout(JsonNode? node) =>
        decimal.TryParse(node?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 1 and <= TimeoutSecondsMax
        ? (int)seconds
        : TimeoutSecondsDefault;
}
