using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Casement.Cli.Terminals;

namespace Casement.Cli;

// Documents of --json. Times are ISO 8601 in UTC.
internal sealed record EnvAnswer(
    int Version, string Endpoint, string Region, string Account, string AccessKeyId, string SecretAccessKey, string? CaFile, string Data,
    int Pid, bool Ephemeral);

internal sealed record NodesAnswer(int Version, IReadOnlyList<NodeAnswer> Nodes);

internal sealed record NodeAnswer(
    string Id, string? Name, string? ComputerName, string? PingStatus, string? LastContact, string? Platform, string? PlatformVersion,
    string? AgentVersion, string? Address, string? Role, string? ActivationId, string? Registered);

internal sealed record NodeRemovedAnswer(int Version, string Removed);

internal sealed record ClockAnswer(int Version, string Now);

internal sealed record UpAnswer(
    int Version, string Endpoint, string Region, string Account, string Data, int Pid, bool Ephemeral, string? CaFile, string? Node,
    DemoAnswer? Demo);

internal sealed record DemoAnswer(string WindowId, string ExecutionId, string Status, string Node, string? Output, string? Refusal);

/// <summary>JSON of answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EnvAnswer))]
[JsonSerializable(typeof(NodesAnswer))]
[JsonSerializable(typeof(NodeRemovedAnswer))]
[JsonSerializable(typeof(ClockAnswer))]
[JsonSerializable(typeof(UpAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    internal static AnswerJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    });
}

internal static class TerminalAnswers
{
    extension(Terminal terminal)
    {
        internal void Answer<T>(T document, JsonTypeInfo<T> type) => terminal.Answer(JsonSerializer.Serialize(document, type));
    }
}
