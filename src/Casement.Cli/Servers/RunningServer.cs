using System.Net.Sockets;
using Casement.Cli.Calls;
using Casement.Cli.Posix;

namespace Casement.Cli.Servers;

/// <summary>Finds the server that is meant where nobody named one.</summary>
internal static class RunningServer
{
    private const string FolderName = ".casement";
    private const string FileName = "server.json";
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// In this order: the data directory named; <c>.casement</c> here or in a folder above; the only server of this user.
    /// </summary>
    /// <exception cref="FailureException">None runs, or several do and none is nearer.</exception>
    internal static async Task<Ready> Find(string? data, string from, CancellationToken stop)
    {
        if (data is not null)
        {
            var path = Path.GetFullPath(data, from);
            return await Living(Path.Combine(path, FileName), stop)
                ?? throw FailureException.Environment($"No server runs on the data directory {path}. Start it: {Invocation.OwnName} up --data {ShellText.Word(data)}");
        }

        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (await Living(Path.Combine(folder.FullName, FolderName, FileName), stop) is { } near)
            {
                return near;
            }
        }

        var own = await OfThisUser(stop);
        return own.Count switch
        {
            1 => own[0],
            0 => throw FailureException.Environment($"No Casement server runs here. Start one: {Invocation.OwnName} up"),
            _ => throw FailureException.Environment(
                $"{own.Count} servers run, none of them from here. Name one with --data: {string.Join(", ", own.Select(ready => ready.Data))}"),
        };
    }

    /// <summary>One folder for each user, for those whose data directory is not on the way up from here.</summary>
    internal static string RuntimeDirectory()
    {
        var parent = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? runtime
            : Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } temporary ? temporary
            : "/tmp";
        return Path.Combine(parent, $"casement-{Libc.EffectiveUser()}");
    }

    private static async Task<List<Ready>> OfThisUser(CancellationToken stop)
    {
        List<Ready> found = [];
        var directory = RuntimeDirectory();
        if (!Directory.Exists(directory))
        {
            return found;
        }

        foreach (var file in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal))
        {
            if (await Living(file, stop) is { } ready)
            {
                found.Add(ready);
            }
        }

        return found;
    }

    /// <summary>
    /// A file that somebody else left in a folder above would send this user's next commands to a stranger's server.
    /// A file left by a crash names a process number that may be another's by now, hence the knock at the door.
    /// </summary>
    private static async Task<Ready?> Living(string file, CancellationToken stop)
    {
        if (Ready.Read(file) is not { } ready || Libc.OwnerOf(file) != Libc.EffectiveUser() || !LivingProcess.Lives(ready.Pid))
        {
            return null;
        }

        if (ready.Version != Ready.KnownVersion)
        {
            throw FailureException.Environment($"{file} was written by another version of Casement (format {ready.Version}).");
        }

        return await Listens(new Uri(ready.Endpoint), stop) ? ready : null;
    }

    private static async Task<bool> Listens(Uri endpoint, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(ConnectPatience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint.DnsSafeHost, endpoint.Port, patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    extension(Ready ready)
    {
        internal ServerAddress Address => new(new Uri(ready.Endpoint), ready.Region, ready.CaFile);
    }
}
