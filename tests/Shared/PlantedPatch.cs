namespace Casement.Tests;

/// <summary>A bug kept as a unified diff; sources move on, and a patch that no longer fits finds nothing.</summary>
internal static class PlantedPatch
{
    /// <summary>The patches of a folder of tests.</summary>
    public static IReadOnlyList<string> Of(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Tree.Root, "tests", folder, "Planted"), "*.patch").Order(StringComparer.Ordinal)];

    /// <summary>The lines of the first hunk that the source does not have, wherever in it; null if it has all.</summary>
    public static string? FirstMismatch(string patch)
    {
        var source = "";
        var hunk = new List<string>();
        foreach (var line in File.ReadLines(patch).Append("@@"))
        {
            var isFile = line.StartsWith("--- a/", StringComparison.Ordinal);
            if (isFile || line.StartsWith("@@", StringComparison.Ordinal))
            {
                var wanted = string.Concat(hunk.Select(l => "\n" + l));
                hunk.Clear();
                if (!source.Contains(wanted, StringComparison.Ordinal))
                {
                    return wanted;
                }
            }

            if (isFile)
            {
                source = "\n" + File.ReadAllText(Path.Combine(Tree.Root, line[6..].Split('\t')[0]));
            }
            else if (line.Length > 0 && line[0] is (' ' or '-'))
            {
                hunk.Add(line[1..]);
            }
        }

        return source.Length == 0 ? "no file" : null;
    }
}
