namespace Casement.Cli.Terminals;

/// <summary>Columns for people, two spaces apart.</summary>
internal static class Table
{
    private const string Gap = "  ";
    private const int LeastNameWidth = 8;

    /// <param name="cut">The column that is cut, in the middle, when a line is too long; no other is.</param>
    internal static IEnumerable<string> Lines(IReadOnlyList<string[]> rows, int cut, Look look)
    {
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], row[column].Length);
            }
        }

        var excess = widths.Sum() + (Gap.Length * (widths.Length - 1)) - look.Width;
        if (excess > 0)
        {
            widths[cut] = Math.Max(Math.Min(widths[cut], LeastNameWidth), widths[cut] - excess);
        }

        foreach (var row in rows)
        {
            var cells = row.Select((cell, column)
                => (column == cut ? PlainText.Fitted(cell, widths[column], look.Utf8) : cell).PadRight(widths[column]));
            yield return string.Join(Gap, cells).TrimEnd();
        }
    }
}
