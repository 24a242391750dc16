using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Cli.Up;

/// <summary>
/// What an <c>up</c> leaves in the data directory for the next one, in case it is killed: which processes were its own.
/// </summary>
/// <param name="Up">Its own process.</param>
/// <param name="Agent">The local agent, 0 without one.</param>
/// <param name="AgentEndpoint">Where that agent was told to find the server.</param>
internal sealed record UpRecord(int Up, int Server, int Agent, string? AgentEndpoint)
{
    private const string FileName = "up.json";

    internal static UpRecord? Read(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(data, FileName)), UpJson.Default.UpRecord);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    internal void Write(string data)
    {
        var path = Path.Combine(data, FileName);
        var pending = path + ".new";
        File.WriteAllBytes(pending, JsonSerializer.SerializeToUtf8Bytes(this, UpJson.Default.UpRecord));
        File.Move(pending, path, overwrite: true);
    }

    internal static void Remove(string data)
    {
        // an ephemeral directory is gone with its server
        if (Directory.Exists(data))
        {
            File.Delete(Path.Combine(data, FileName));
        }
    }
}

/// <summary>The member of an agent's registration that is of interest here.</summary>
internal sealed record NodeRegistration(string? InstanceId);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(UpRecord))]
[JsonSerializable(typeof(NodeRegistration))]
internal sealed partial class UpJson : JsonSerializerContext;
