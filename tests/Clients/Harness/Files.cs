namespace Casement.Clients.Tests.Harness;

/// <summary>Where the build put the executables, and where the tests' own files lie.</summary>
public static class Files
{
    /// <summary>The top of the working tree: the directory that holds the solution.</summary>
    public static string Tree { get; } = FindTree();

    public static string Server { get; } = Built("Casement.Host", "casement-server");

    public static string Agent { get; } = Built("Casement.Agent", "casement-agent");

    public static string Cli { get; } = Built("Casement.Cli", "casement");

    public static string Data(string name) => Path.Combine(Tree, "tests", "Data", name);

    /// <summary>A new private directory; whoever asked for it removes it.</summary>
    public static string NewDirectory() => Directory.CreateTempSubdirectory("casement-test-").FullName;

    private static string Built(string project, string executable)
    {
        // …/artifacts/bin/Casement.Clients.Tests/debug: the neighbour's output has the same configuration
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(output.Parent!.Parent!.FullName, project, output.Name, executable);
    }

    private static string FindTree()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Casement.slnx")))
            {
                return directory.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Casement.slnx above {AppContext.BaseDirectory}.");
    }
}
