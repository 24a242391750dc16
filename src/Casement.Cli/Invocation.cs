using System.CommandLine;
using Casement.Cli.Terminals;

namespace Casement.Cli;

/// <summary>One call of a verb.</summary>
internal sealed record Invocation(ParseResult Parsed, Terminal Terminal, Interrupts Interrupts, TimeProvider Time)
{
    internal CancellationToken Stop => Interrupts.Stop;

    /// <summary>How this command is typed here: <c>./casement</c> from a clone, <c>casement</c> when installed.</summary>
    internal static string OwnName => ShellText.Word(
        Environment.GetEnvironmentVariable("CASEMENT_COMMAND") is { Length: > 0 } typed ? typed : "casement");

    internal string? Text(Option<string?> option) => Parsed.GetValue(option);

    internal bool Has(Option<bool> option) => Parsed.GetValue(option);
}
