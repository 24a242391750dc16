using System.CommandLine;
using Casement.Cli.Up;

namespace Casement.Cli.Verbs;

internal sealed class UpVerb : Verb
{
    private readonly List<Option<string?>> _valued = [];
    private readonly List<Option<bool>> _flags = [];

    internal UpVerb()
        : base(
            "up",
            "Starts the server, and an agent that makes this machine its first node. Scripts of that node run as you. "
                + "Ctrl-C stops both, never a running script; the next start goes on where this one was.",
            "casement up",
            "casement up --data /srv/casement --port 9000",
            "casement up --ephemeral --clock manual --at 2027-03-28T00:59:00Z",
            "casement up --demo --exit")
    {
        Value("--data", "DIR", "Directory of everything that lasts (default ./.casement); one server at a time.");
        Value("--port", "N", "Port (default 8470; 0 takes a free one).");
        Value("--listen", "ADDR", "Address to listen on (default 127.0.0.1). Beyond this machine only with TLS, or --insecure-http.");
        Value("--tls-cert", "FILE", "Certificate chain, PEM.");
        Value("--tls-key", "FILE", "Its key, PEM.");
        Option("--tls-self", "TLS with a certificate of Casement's own making.");
        Option("--insecure-http", "Listen beyond this machine without TLS: tokens and scripts can then be read on the way.");
        Option("--ephemeral", "Keep nothing: a private temporary directory that goes with the server.");
        Value("--account", "ID", "Twelve digits of the first account (default 123456789012).");
        Option("--no-node", "No local agent.");
        Value("--quotas", "PRESET", "open (default) or aws, which rehearses AWS's limits.");
        Value("--clock", "manual", "A clock that stands still until casement clock advance moves it; with --ephemeral.");
        Value("--at", "INSTANT", "Where that clock stands at first.");
        Value("--master-key-file", "FILE", "The key that secrets are encrypted with, better kept on another disk than the data.");
        Value("--retention", "DAYS", "How long finished runs, commands and their output are kept (default 30).");
        Value("--tzdb", "FILE", "Newer time-zone data than the built-in one, in NodaTime's NZD form.");
        Option("--demo", "Set up permissions as in AWS's guide, open a window within seconds and follow it, printing each call.");
        Option("--exit", "With --demo: stop after it; exit code 0 when the run succeeded, 1 when not.");
    }

    internal override Task<int> Run(Invocation invocation)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in _valued.Append(CommonOptions.Region))
        {
            if (invocation.Text(option) is { } text)
            {
                values[option.Name] = text;
            }
        }

        foreach (var option in _flags.Append(CommonOptions.Verbose).Where(invocation.Has))
        {
            values[option.Name] = "";
        }

        var options = UpOptions.Of(values, Environment.CurrentDirectory);
        return new UpSession(options, invocation).Run();
    }

    private void Value(string name, string placeholder, string description) => _valued.Add(Valued(name, placeholder, description));

    private void Option(string name, string description) => _flags.Add(Flag(name, description));
}
