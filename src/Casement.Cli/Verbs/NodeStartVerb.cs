using System.Collections;
using System.CommandLine;
using System.Runtime.InteropServices;
using Casement.Cli.Posix;
using Casement.Cli.Servers;

namespace Casement.Cli.Verbs;

/// <summary>Becomes the agent: same process, so that a service supervisor sees the agent itself.</summary>
internal sealed class NodeStartVerb : Verb
{
    private const string CodeVariable = "CASEMENT_ACTIVATION_CODE";

    private readonly Option<string?> _ca;
    private readonly Option<string?> _activationId;
    private readonly Option<string?> _code;
    private readonly Option<string?> _directory;
    private readonly Option<string?> _endpoint;

    internal NodeStartVerb()
        : base(
            "start",
            "Makes this machine a node of a server and works for it, in the foreground. Scripts run as the user who starts it. "
                + "A machine that is registered already needs --dir alone.",
            "casement node start --endpoint https://casement.example.org:8470 --ca ca.pem --activation-id ID --code CODE --dir /var/lib/casement-node",
            "casement node start --dir /var/lib/casement-node")
    {
        _endpoint = Valued("--endpoint", "URL", "The server.");
        _ca = Valued("--ca", "FILE", "PEM file of the authorities to trust instead of the machine's.");
        _activationId = Valued("--activation-id", "ID", "Activation made with aws ssm create-activation.");
        _code = Valued("--code", "CODE", $"The activation's code; better in the variable {CodeVariable}, which no list of processes shows.");
        _directory = Valued("--dir", "DIR", "Directory of this node alone: its key, its ledger, its scripts.");
    }

    internal override Task<int> Run(Invocation invocation)
    {
        var agent = Executables.Agent();
        List<string> arguments = [agent];
        Add("--dir", invocation.Text(_directory) ?? throw FailureException.Usage("--dir is missing."));
        Add("--endpoint", invocation.Text(_endpoint) ?? invocation.Text(CommonOptions.EndpointUrl));
        Add("--ca", invocation.Text(_ca));
        Add("--activation-id", invocation.Text(_activationId));
        Add("--region", invocation.Text(CommonOptions.Region));
        if (invocation.Has(CommonOptions.Verbose))
        {
            arguments.Add("--verbose");
        }

        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => (string)entry.Key != CodeVariable || invocation.Text(_code) is null)
            .Select(entry => $"{entry.Key}={entry.Value}").ToList();
        if (invocation.Text(_code) is { } code)
        {
            environment.Add($"{CodeVariable}={code}");
        }

        Libc.Execute(agent, [.. arguments], [.. environment]);
        throw FailureException.Environment($"{agent} cannot be started: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([name, value]);
            }
        }
    }
}
