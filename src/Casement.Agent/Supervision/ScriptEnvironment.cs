using System.Collections;

namespace Casement.Agent.Supervision;

/// <summary>
/// Variables for what the agent starts: its own, without any of AWS's (a key there would let every script call the API)
/// and without its activation code.
/// </summary>
internal static class ScriptEnvironment
{
    internal static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> additions)
    {
        var values = Inherited().Where(pair => !IsOwn(pair.Key)).ToDictionary();
        foreach (var (name, value) in additions)
        {
            values[name] = value;
        }
        return [.. values.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    /// <summary>For the supervisor, which removes the agent's other settings itself.</summary>
    internal static IReadOnlyList<string> OfSupervisor() =>
        [.. Inherited().Where(pair => !IsAws(pair.Key) && pair.Key != AgentOptions.ActivationCodeVariable)
            .Select(pair => $"{pair.Key}={pair.Value}")];

    private static IEnumerable<KeyValuePair<string, string>> Inherited() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));

    private static bool IsOwn(string name) => IsAws(name) || name.StartsWith("CASEMENT_", StringComparison.Ordinal);

    private static bool IsAws(string name) => name.StartsWith("AWS_", StringComparison.Ordinal);
}
