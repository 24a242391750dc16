using System.Diagnostics;

namespace Casement.Cli.Up;

/// <summary>
/// Starts processes in sessions of their own: Ctrl-C at the terminal reaches <c>up</c> alone, which then stops them in
/// order. A server is told to stop when its <c>up</c> dies; an agent lives on, since scripts may be running.
/// </summary>
/// <remarks>
/// A shell is the launcher because it can do in the child what has to happen between fork and exec. Linux ties the
/// death signal to the thread that started the child, hence a thread that does nothing else and lives as long as this
/// process.
/// </remarks>
internal static class Spawner
{
    private const string ServerScript = """
        umask 077
        if command -v setpriv >/dev/null 2>&1; then set -- setpriv --pdeathsig TERM "$@"; fi
        exec setsid "$@" </dev/null
        """;

    private const string AgentScript = """
        umask 077
        log=$1
        shift
        exec setsid "$@" </dev/null >/dev/null 2>>"$log"
        """;

    /// <summary>With both output streams redirected.</summary>
    internal static Task<Process> Server(string program, IReadOnlyList<string> arguments)
    {
        var start = Shell(ServerScript, [program, .. arguments]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception fault)
            {
                started.SetException(fault);
                return;
            }

            new ManualResetEvent(false).WaitOne();
        })
        {
            IsBackground = true,
            Name = "parent of the server",
        };
        thread.Start();
        return started.Task;
    }

    /// <param name="log">File that the agent's standard error is added to.</param>
    internal static Process Agent(
        string program, IReadOnlyList<string> arguments, string log, IReadOnlyDictionary<string, string> environment)
    {
        var start = Shell(AgentScript, [log, program, .. arguments]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static ProcessStartInfo Shell(string script, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, "sh", .. arguments]) { UseShellExecute = false };
        // the developer's own keys are no business of a server, nor of scripts on the node
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return start;
    }
}
