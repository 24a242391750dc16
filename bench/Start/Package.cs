using System.Diagnostics;

namespace Casement.Bench.Start;

/// <summary>What <c>./package</c> made: the executables that a user has, not those that the bench was built with.</summary>
internal sealed class Package
{
    private static readonly string[] Sources = ["src", "packaging", "package", "Directory.Build.props", "Directory.Packages.props", "global.json"];

    private Package(string folder, string archive)
    {
        Folder = folder;
        Archive = archive;
    }

    public string Folder { get; }

    public string Archive { get; }

    public string Server => Path.Combine(Folder, "casement-server");

    public string Agent => Path.Combine(Folder, "casement-agent");

    public string Cli => Path.Combine(Folder, "casement");

    /// <summary>Builds it first when there is none, or one that is older than what it is made of.</summary>
    public static Package Current()
    {
        var root = Environment.GetEnvironmentVariable("CASEMENT_ROOT") ?? throw new InvalidOperationException("CASEMENT_ROOT is not set: use bench/run.");
        var place = Path.Combine(root, "artifacts", "package");
        var archive = Find(place);
        if (archive is null || File.GetLastWriteTimeUtc(archive) < Newest(root))
        {
            using var build = Process.Start(Path.Combine(root, "package"));
            build.WaitForExit();
            archive = build.ExitCode == 0 ? Find(place) : null;
        }

        return archive is null
            ? throw new InvalidOperationException("./package failed.")
            : new Package(archive[..^".tar.gz".Length], archive);
    }

    public long SizeOf(string file) => new FileInfo(file).Length;

    public long SizeUnpacked => new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LinkTarget is null).Sum(f => f.Length);

    private static string? Find(string place) => Directory.Exists(place)
        ? Directory.EnumerateFiles(place, "casement-*.tar.gz").OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
        : null;

    private static DateTime Newest(string root) => Sources.Select(name => Path.Combine(root, name))
        .SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [path])
        .Max(File.GetLastWriteTimeUtc);
}
