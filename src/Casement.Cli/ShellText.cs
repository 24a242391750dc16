namespace Casement.Cli;

/// <summary>Text for a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>In single quotes, whatever it holds: nothing is special between them but the quote itself.</summary>
    internal static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Bare where a shell would read it as one plain word.</summary>
    internal static string Word(string text)
        => text.Length > 0 && text[0] != '~' && text.All(c => char.IsAsciiLetterOrDigit(c) || "%+,-./:=@_~".Contains(c, StringComparison.Ordinal))
            ? text
            : Quoted(text);
}
