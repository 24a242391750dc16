using System.CommandLine;

namespace Casement.Cli;

/// <summary>A verb of the command line. Help starts with its examples.</summary>
internal abstract class Verb
{
    protected Verb(string name, string description, params string[] examples)
    {
        Command = new Command(name, description);
        // never invoked: its presence says that the words may end here, so that this verb can answer for itself
        Command.SetAction(_ => { });
        Examples = examples;
    }

    internal Command Command { get; }

    internal IReadOnlyList<string> Examples { get; }

    internal IReadOnlyList<Verb> Below { get; private set; } = [];

    /// <returns>The exit code.</returns>
    /// <exception cref="FailureException">It cannot be done.</exception>
    internal abstract Task<int> Run(Invocation invocation);

    protected void Group(params Verb[] verbs)
    {
        Below = verbs;
        foreach (var verb in verbs)
        {
            Command.Add(verb.Command);
        }
    }

    protected Option<string?> Valued(string name, string placeholder, string description)
    {
        var option = new Option<string?>(name) { HelpName = placeholder, Description = description };
        Command.Add(option);
        return option;
    }

    /// <summary>Which server is meant, where several run or the current folder is not below its own.</summary>
    protected Option<string?> DataDirectory() => Valued("--data", "DIR", "The server on this data directory, instead of the one found from here.");

    protected Option<bool> Flag(string name, string description)
    {
        var option = new Option<bool>(name) { Description = description };
        Command.Add(option);
        return option;
    }
}
