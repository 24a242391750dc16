using System.CommandLine;
using System.Reflection;
using Casement.Cli.Calls;
using Casement.Cli.Terminals;
using Casement.Cli.Verbs;

namespace Casement.Cli;

/// <summary>From the words typed to an exit code. Only here are exceptions turned into words.</summary>
internal sealed class CommandLine(TimeProvider time)
{
    private static readonly Option<bool> VersionOption = new("--version") { Description = "The version." };

    internal static string Version { get; } =
        (typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "1.0.0")
            .Split('+')[0];

    private readonly RootVerb _root = new();

    internal async Task<int> Run(IReadOnlyList<string> words, TextWriter answer, TextWriter talk, Interrupts interrupts)
    {
        var root = _root.Command;
        foreach (var option in CommonOptions.All)
        {
            root.Add(option);
        }

        root.Add(VersionOption);
        // an argument that begins with @ is an argument
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var terminal = MakeTerminal(parsed, answer, talk);
        if (parsed.Tokens.Count > 0 && PlannedVerbs.Answer(words) is { } planned)
        {
            terminal.Complain(planned);
            return ExitCodes.Usage;
        }

        var verb = Find(_root, parsed.CommandResult.Command)!;
        if (parsed.GetValue(CommonOptions.Help))
        {
            Help.Write(verb, terminal.Answer);
            return ExitCodes.Done;
        }

        if (parsed.GetValue(VersionOption))
        {
            terminal.Answer($"casement {Version}");
            return ExitCodes.Done;
        }

        return await Guarded(verb, new Invocation(parsed, terminal, interrupts, time));
    }

    private static async Task<int> Guarded(Verb verb, Invocation invocation)
    {
        var terminal = invocation.Terminal;
        try
        {
            CheckWords(invocation.Parsed);
            return await verb.Run(invocation);
        }
        catch (FailureException failure) when (failure.ExitCode == ExitCodes.Usage)
        {
            terminal.Complain($"{failure.Message} Try: {Invocation.OwnName} {Words(verb)}--help");
            return failure.ExitCode;
        }
        catch (FailureException failure)
        {
            terminal.Complain(failure.Message);
            return failure.ExitCode;
        }
        catch (RefusalException refusal)
        {
            terminal.Complain(PlainText.WithoutControls($"{refusal.Code}: {refusal.Message}"));
            return ExitCodes.Refused;
        }
        catch (OperationCanceledException) when (invocation.Stop.IsCancellationRequested)
        {
            terminal.Complain("Interrupted; what the server began goes on.");
            return ExitCodes.Interrupted;
        }
        catch (Exception fault)
        {
            terminal.Complain(terminal.Verbose
                ? fault.ToString()
                : $"{fault.GetType().Name}: {fault.Message} Say it again with --verbose to see where it happened.");
            return ExitCodes.AnythingElse;
        }
    }

    private static void CheckWords(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            throw FailureException.Usage(parsed.Errors[0].Message.ReplaceLineEndings(" ").TrimEnd());
        }

        if (parsed.GetValue(CommonOptions.Color) is not (null or "auto" or "always" or "never"))
        {
            throw FailureException.Usage($"--color is auto, always or never, not '{parsed.GetValue(CommonOptions.Color)}'.");
        }
    }

    private static Terminal MakeTerminal(ParseResult parsed, TextWriter answer, TextWriter talk)
    {
        var choice = parsed.GetValue(CommonOptions.Color) ?? "auto";
        return new Terminal(
            answer, talk,
            Look.Of(1, choice, Environment.GetEnvironmentVariable), Look.Of(2, choice, Environment.GetEnvironmentVariable))
        {
            Json = parsed.GetValue(CommonOptions.Json),
            Quiet = parsed.GetValue(CommonOptions.Quiet),
            Verbose = parsed.GetValue(CommonOptions.Verbose),
        };
    }

    private static Verb? Find(Verb from, Command command) => from.Command == command
        ? from
        : from.Below.Select(below => Find(below, command)).FirstOrDefault(found => found is not null);

    internal static string Words(Verb verb)
    {
        var words = "";
        for (Symbol? symbol = verb.Command; symbol is Command { Name: not RootVerb.Name } command; symbol = command.Parents.FirstOrDefault())
        {
            words = $"{command.Name} {words}";
        }

        return words;
    }
}
