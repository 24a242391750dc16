namespace Casement.Cli.Servers;

/// <summary>The other executables of Casement.</summary>
internal static class Executables
{
    /// <exception cref="FailureException">It is not installed.</exception>
    internal static string Server() => Find("casement-server", "CASEMENT_SERVER");

    /// <exception cref="FailureException">It is not installed.</exception>
    internal static string Agent() => Find("casement-agent", "CASEMENT_AGENT");

    private static string Find(string name, string variable)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, name);
        if (File.Exists(beside))
        {
            return beside;
        }

        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named && File.Exists(named)
            ? Path.GetFullPath(named)
            : throw FailureException.Environment($"{name} is not beside {AppContext.BaseDirectory}casement, and {variable} names no file.");
    }
}
