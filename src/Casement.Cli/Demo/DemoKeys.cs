using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Cli.Demo;

/// <summary>
/// Ids (never secrets) of the access keys that a demo made, so that the next one deletes those and no key that somebody
/// gave these users by hand.
/// </summary>
internal sealed class DemoKeys
{
    private readonly string _path;
    private readonly Dictionary<string, string> _keyOfUser;

    private DemoKeys(string path, Dictionary<string, string> keyOfUser)
    {
        _path = path;
        _keyOfUser = keyOfUser;
    }

    internal static DemoKeys Read(string data)
    {
        var path = Path.Combine(data, "demo-keys.json");
        try
        {
            return new DemoKeys(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), DemoJson.Default.DictionaryStringString) ?? []);
        }
        catch (Exception fault) when (fault is FileNotFoundException or JsonException)
        {
            return new DemoKeys(path, []);
        }
    }

    internal string? Of(string user) => _keyOfUser.GetValueOrDefault(user);

    internal void Keep(string user, string keyId)
    {
        _keyOfUser[user] = keyId;
        File.WriteAllBytes(_path, JsonSerializer.SerializeToUtf8Bytes(_keyOfUser, DemoJson.Default.DictionaryStringString));
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DemoJson : JsonSerializerContext;
