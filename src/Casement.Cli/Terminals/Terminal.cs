using Casement.Cli.Posix;

namespace Casement.Cli.Terminals;

/// <summary>Standard output is the answer, standard error is talk.</summary>
internal sealed class Terminal(TextWriter answer, TextWriter talk, Look answerLook, Look talkLook)
{
    /// <summary>One JSON document is the whole answer; what would be text on standard output is talk then.</summary>
    internal bool Json { get; init; }

    /// <summary>Only failures are said.</summary>
    internal bool Quiet { get; init; }

    internal bool Verbose { get; init; }

    internal Look Look => Json ? talkLook : answerLook;

    /// <summary>A line of the answer.</summary>
    internal void Answer(string line) => Write(answer, line);

    /// <summary>A line of the answer for people: where JSON is the answer, it is talk.</summary>
    internal void Tell(string line)
    {
        if (Json)
        {
            Say(line);
        }
        else
        {
            Write(answer, line);
        }
    }

    internal void Tell(Tone tone, string line) => Tell(Marked(Look, tone, line));

    /// <summary>Talk.</summary>
    internal void Say(string line)
    {
        if (!Quiet)
        {
            Write(talk, line);
        }
    }

    internal void Say(Tone tone, string line) => Say(Marked(talkLook, tone, line));

    /// <summary>Said even when quiet.</summary>
    internal void Complain(string line) => Write(talk, Painted(talkLook, Tone.Bad, line));

    internal string Painted(Tone tone, string text) => Painted(Look, tone, text);

    internal static string Sign(Look look, Tone tone) => (tone, look.Utf8) switch
    {
        (Tone.Done, true) => "✓",
        (Tone.Bad, true) => "✗",
        (Tone.Running, true) => "…",
        (Tone.Secondary, true) => "–",
        (Tone.Done, false) => "ok",
        (Tone.Bad, false) => "!!",
        (Tone.Running, false) => "..",
        (Tone.Secondary, false) => "--",
        (Tone.Look, _) => "!",
    };

    /// <summary>Where nobody reads any more, nobody misses the line: processes must be stopped all the same.</summary>
    private static void Write(TextWriter writer, string line)
    {
        try
        {
            writer.Write(line + "\n");
        }
        catch (IOException fault) when (fault.HResult == Libc.ErrorBrokenPipe)
        {
        }
    }

    private static string Marked(Look look, Tone tone, string line) => Painted(look, tone, Sign(look, tone)) + " " + line;

    private static string Painted(Look look, Tone tone, string text) => look.Colour
        ? $"\e[{Code(tone)}m{text}\e[0m"
        : text;

    private static int Code(Tone tone) => tone switch
    {
        Tone.Done => 32,
        Tone.Bad => 31,
        Tone.Look => 33,
        Tone.Running => 34,
        Tone.Secondary => 2,
    };
}
