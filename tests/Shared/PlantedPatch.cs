using System.Globalization;
using System.Text.RegularExpressions;

namespace Casement.Tests;

/// <summary>A bug kept as a unified diff; sources move on, and a patch that no longer fits finds nothing.</summary>
internal static partial class PlantedPatch
{
    /// <summary>The patches of a folder of tests, by name.</summary>
    public static IReadOnlyList<string> Of(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Tree.Root, "tests", folder, "Planted"), "*.patch").Order(StringComparer.Ordinal)];

    /// <summary>The first line that is not in the source where the patch expects it; null if all are.</summary>
    public static string? FirstMismatch(string patch)
    {
        string[] source = [];
        var at = 0;
        foreach (var line in File.ReadLines(patch))
        {
            if (line.StartsWith("--- a/", StringComparison.Ordinal))
            {
                source = File.ReadAllLines(Path.Combine(Tree.Root, line[6..].Split('\t')[0]));
            }
            else if (Hunk().Match(line) is { Success: true } hunk)
            {
                at = int.Parse(hunk.Groups[1].Value, CultureInfo.InvariantCulture) - 1;
            }
            else if (line.StartsWith(' ') || (line.StartsWith('-') && !line.StartsWith("---", StringComparison.Ordinal)))
            {
                if (at >= source.Length || source[at++] != line[1..])
                {
                    return line;
                }
            }
        }

        return source.Length == 0 ? "no file" : null;
    }

    [GeneratedRegex(@"^@@ -(\d+)")]
    private static partial Regex Hunk();
}
