namespace Casement.Cli.Verbs;

internal sealed class NodeVerb : Verb
{
    internal NodeVerb()
        : base(
            "node",
            "The machines that run scripts for this server.",
            "casement node list",
            "casement node start --endpoint https://casement.example.org:8470 --activation-id ID --code CODE --dir /var/lib/casement-node")
        => Group(new NodeStartVerb(), new NodeListVerb(), new NodeRemoveVerb());

    internal override Task<int> Run(Invocation invocation)
        => throw FailureException.Usage($"A verb is missing: {string.Join(", ", Below.Select(verb => verb.Command.Name))}.");
}
