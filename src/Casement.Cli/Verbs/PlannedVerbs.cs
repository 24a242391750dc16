namespace Casement.Cli.Verbs;

/// <summary>Verbs that are designed but not built: whoever types one is told so, not that the word is unknown.</summary>
internal static class PlannedVerbs
{
    internal static IReadOnlyList<string> Names { get; } =
    [
        "forecast", "explain", "draft", "preflight", "who-can", "audit", "run", "send", "watch", "output", "hold", "release",
        "backup", "restore", "doctor",
    ];

    /// <returns>The sentence, or null when the words begin with no such verb.</returns>
    internal static string? Answer(IReadOnlyList<string> words)
    {
        var takesValue = new HashSet<string>(
            CommonOptions.All.Where(option => option.ValueType != typeof(bool)).Select(option => option.Name), StringComparer.Ordinal);
        for (var index = 0; index < words.Count; index++)
        {
            if (takesValue.Contains(words[index]))
            {
                index++;
            }
            else if (!words[index].StartsWith('-'))
            {
                return Names.Contains(words[index])
                    ? $"The verb '{words[index]}' does not exist yet in this version of Casement."
                    : null;
            }
        }

        return null;
    }
}
