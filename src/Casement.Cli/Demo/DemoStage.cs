using Casement.Cli.Terminals;

namespace Casement.Cli.Demo;

/// <summary>Where the demo tells what it does.</summary>
internal sealed class DemoStage(Terminal terminal, TimeProvider time)
{
    internal TimeProvider Time => time;

    internal void Heading(string text)
    {
        terminal.Tell("");
        terminal.Tell(text);
    }

    /// <summary>The call that is about to be made.</summary>
    internal void Call(string line) => terminal.Tell(terminal.Painted(Tone.Secondary, $"  $ {line}"));

    internal void Fact(Tone tone, string text)
    {
        var sign = terminal.Painted(tone, Terminal.Sign(terminal.Look, tone));
        terminal.Tell($"  {sign} {PlainText.WithoutControls(text)}");
    }

    /// <summary>What a script wrote: shown as text, whatever it holds.</summary>
    internal void Output(string text)
    {
        foreach (var line in PlainText.WithoutControls(text).TrimEnd('\n').Split('\n'))
        {
            terminal.Tell($"    | {line}");
        }
    }
}
