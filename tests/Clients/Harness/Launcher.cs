namespace Casement.Clients.Tests.Harness;

/// <summary>A program that becomes the server, in the same process, so that its id is the server's.</summary>
/// <param name="Prefix">The program with its arguments; empty for none.</param>
/// <param name="User">The user that the server then is.</param>
public sealed record Launcher(string[] Prefix, uint User)
{
    private const uint NobodyId = 65534;

    public static Launcher Plain { get; } = new([], CasementServer.EffectiveUser());

    /// <summary>A user for whom file modes hold: nobody where the tests are root, who may do everything.</summary>
    public static Launcher Unprivileged { get; } = CasementServer.EffectiveUser() != 0
        ? Plain
        : new(["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], NobodyId);

    /// <summary>Makes a directory, and all that is in it, the server's own.</summary>
    public async Task HandOver(string directory)
    {
        if (User != CasementServer.EffectiveUser())
        {
            (await Program.Run("/usr/bin/chown", ["-R", $"{User}:{User}", directory])).Succeeded();
        }
    }

    /// <summary>Runs the server as that user where it is expected to refuse its start.</summary>
    public Task<Ended> Refused(params string[] options)
    {
        string[] command = [.. Prefix, Files.Server, .. options];
        return Program.Run(command[0], command[1..]);
    }
}
