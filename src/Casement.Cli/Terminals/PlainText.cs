using System.Text;

namespace Casement.Cli.Terminals;

/// <summary>Text that came from elsewhere, made fit to be shown.</summary>
internal static class PlainText
{
    /// <summary>
    /// Without control characters but tab and line feed: a script's output must not move the cursor, change the title or
    /// type into the terminal.
    /// </summary>
    internal static string WithoutControls(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is '\n' or '\t' || !char.IsControl(character))
            {
                kept.Append(character);
            }
        }

        return kept.ToString();
    }

    /// <summary>Cut in the middle, where names differ least.</summary>
    /// <param name="width">Columns; at least 5.</param>
    internal static string Fitted(string name, int width, bool utf8)
    {
        if (name.Length <= width)
        {
            return name;
        }

        var gap = utf8 ? "…" : "..";
        var left = (width - gap.Length + 1) / 2;
        return string.Concat(name.AsSpan(0, left), gap, name.AsSpan(name.Length - (width - gap.Length - left)));
    }
}
