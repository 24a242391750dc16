using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Casement.Aws.Wire;

namespace Casement.Server.Ssm.Documents;

/// <summary>A parameter as a document declares it.</summary>
/// <param name="Type">String, StringList, Integer, Boolean, StringMap or MapList.</param>
/// <param name="Default">Null when the sender must give a value.</param>
internal sealed record DeclaredParameter(string Name, string Type, string? Description, JsonElement? Default)
{
    public IReadOnlyList<string>? AllowedValues { get; init; }

    /// <summary>Must match a value as a whole.</summary>
    public ModelPattern? AllowedPattern { get; init; }

    public int? MinChars { get; init; }

    public int? MaxChars { get; init; }

    public int? MinItems { get; init; }

    public int? MaxItems { get; init; }

    public bool IsList => Type is "StringList" or "MapList";
}

/// <summary>A step: the key under which its result is reported, the plugin that runs it, and its own time limit if it has one.</summary>
internal sealed record DocumentStep(string Key, string Plugin, TimeSpan? Timeout);

/// <summary>A document that nodes can run, read once.</summary>
internal sealed class CommandDocument
{
    private CommandDocument(string name, string owner, string content, JsonElement root)
    {
        Name = name;
        Owner = owner;
        Content = content;
        Root = root;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        SchemaVersion = root.GetProperty("schemaVersion").GetString()!;
        Description = Text(root, "description");
        Parameters = root.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateObject().Select(Parameter)] : [];
        Steps = SchemaVersion.StartsWith("1.", StringComparison.Ordinal) ? StepsOfRuntime(root) : StepsOfMain(root);
    }

    public string Name { get; }

    /// <summary><c>Amazon</c>, or the account.</summary>
    public string Owner { get; }

    public string Content { get; }

    public JsonElement Root { get; }

    /// <summary>Of the content's UTF-8, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    public string SchemaVersion { get; }

    public string? Description { get; }

    public IReadOnlyList<DeclaredParameter> Parameters { get; }

    public IReadOnlyList<DocumentStep> Steps { get; }

    /// <summary>Platforms on which all steps can run.</summary>
    public IReadOnlyList<string> PlatformTypes => Steps.Any(s => s.Plugin == "aws:runShellScript") ? ["Linux", "MacOS"] : ["Linux", "MacOS", "Windows"];

    public static CommandDocument Parse(string name, string owner, string content)
    {
        using var json = JsonDocument.Parse(content);
        return new CommandDocument(name, owner, content, json.RootElement.Clone());
    }

    private static DeclaredParameter Parameter(JsonProperty property)
    {
        var p = property.Value;
        return new DeclaredParameter(
            property.Name, Text(p, "type") ?? "String", Text(p, "description"), p.TryGetProperty("default", out var value) ? value : null)
        {
            AllowedValues = p.TryGetProperty("allowedValues", out var values) ? [.. values.EnumerateArray().Select(v => v.ToString())] : null,
            AllowedPattern = Text(p, "allowedPattern") is { } pattern ? new ModelPattern(pattern) : null,
            MinChars = Number(p, "minChars"),
            MaxChars = Number(p, "maxChars"),
            MinItems = Number(p, "minItems"),
            MaxItems = Number(p, "maxItems"),
        };
    }

    private static List<DocumentStep> StepsOfRuntime(JsonElement root) =>
        [.. root.GetProperty("runtimeConfig").EnumerateObject().Select(p => new DocumentStep(p.Name, p.Name, RuntimeTimeout(p.Value)))];

    private static TimeSpan? RuntimeTimeout(JsonElement plugin) =>
        plugin.TryGetProperty("properties", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 1 ? Timeout(list[0]) : null;

    private static List<DocumentStep> StepsOfMain(JsonElement root) =>
    [
        .. root.GetProperty("mainSteps").EnumerateArray().Select(s => new DocumentStep(
            Text(s, "name")!, Text(s, "action")!, s.TryGetProperty("inputs", out var inputs) ? Timeout(inputs) : null)),
    ];

    private static TimeSpan? Timeout(JsonElement inputs) => Number(inputs, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement owner, string name) =>
        owner.ValueKind != JsonValueKind.Object || !owner.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), out var text) ? text
        : null;
}
