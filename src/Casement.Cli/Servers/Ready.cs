using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Cli.Servers;

/// <summary>What a running server says of itself, in <c>server.json</c>.</summary>
/// <param name="Data">Absolute path of the data directory.</param>
/// <param name="CaFile">PEM file of the authority that clients must trust, where Casement made it.</param>
internal sealed record Ready(
    int Version, int Pid, string Endpoint, string Region, string Account, bool Ephemeral, string Data, string? CaFile)
{
    internal const int KnownVersion = 1;

    /// <returns>Null when there is no such file or it is not one.</returns>
    internal static Ready? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ReadyJson.Default.Ready) is { Endpoint: not null, Data: not null } ready
                && Uri.TryCreate(ready.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                    ? ready
                    : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Ready))]
internal sealed partial class ReadyJson : JsonSerializerContext;
