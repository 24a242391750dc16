using System.Text.RegularExpressions;

namespace Casement.Server.Tests;

/// <summary>The working tree as text.</summary>
internal static partial class Sources
{
    public static string Tree { get; } = FindTree();

    /// <summary>Every source file that people wrote, by its path from the top.</summary>
    public static IReadOnlyList<(string Path, string[] Lines)> All { get; } = [.. new[] { "src", "tests", "bench" }
        .Select(top => System.IO.Path.Combine(Tree, top)).Where(Directory.Exists)
        .SelectMany(top => Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories))
        .Order(StringComparer.Ordinal)
        .Select(file => (System.IO.Path.GetRelativePath(Tree, file), File.ReadAllLines(file)))];

    public static IEnumerable<(string Path, string[] Lines)> Product => All.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>Project names by the projects and packages that they reference.</summary>
    public static IReadOnlyDictionary<string, (HashSet<string> Projects, HashSet<string> Packages)> Projects { get; } = Directory
        .EnumerateFiles(System.IO.Path.Combine(Tree, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(f => System.IO.Path.GetFileNameWithoutExtension(f)["Casement.".Length..], References);

    private static (HashSet<string> Projects, HashSet<string> Packages) References(string file)
    {
        var text = File.ReadAllText(file);
        return (
            [.. ProjectReference().Matches(text).Select(m => m.Groups[1].Value)],
            [.. PackageReference().Matches(text).Select(m => m.Groups[1].Value)]);
    }

    private static string FindTree()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Casement.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Casement.slnx above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/Casement\.(\w+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"<PackageReference Include=""([^""]+)""")]
    private static partial Regex PackageReference();
}
