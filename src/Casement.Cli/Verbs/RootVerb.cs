namespace Casement.Cli.Verbs;

internal sealed class RootVerb : Verb
{
    internal const string Name = "casement";

    internal RootVerb()
        : base(
            Name,
            "Maintenance windows, Run Command and nodes with the APIs of AWS Systems Manager, on your own machines.",
            "casement up",
            "eval \"$(casement env)\"",
            "casement up --demo")
        => Group(new UpVerb(), new EnvVerb(), new NodeVerb(), new ClockVerb());

    internal override Task<int> Run(Invocation invocation)
        => throw FailureException.Usage($"A verb is missing: {string.Join(", ", Below.Select(verb => verb.Command.Name))}.");
}
