using System.Diagnostics.CodeAnalysis;
using Casement.Aws.Nodes;

namespace Casement.Server.Ssm.Commands;

/// <summary>Shortens what nodes sent to what each reply may hold: whole code points, the mark inside the limit.</summary>
internal static class OutputText
{
    public const int StandardOutputMax = 24_000;
    public const int StandardErrorMax = 8_000;
    public const int PluginOutputMax = 2_500;
    private const string Mark = "\n---Output truncated---";
    private const string Separator = "\n----------ERROR-------\n";

    /// <param name="text">What the node sent.</param>
    /// <param name="most">Code points that may remain.</param>
    /// <param name="mark">What says that something is missing; counts towards the limit.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text, int most, string mark = Mark)
    {
        if (text is null || text.Length <= most || text.EnumerateRunes().Count() <= most)
        {
            return text;
        }

        var length = 0;
        foreach (var rune in text.EnumerateRunes().Take(most - mark.Length))
        {
            length += rune.Utf16SequenceLength;
        }

        return text[..length] + mark;
    }

    /// <summary>Both streams in one text, as lists show it.</summary>
    public static string Combined(PluginResult result)
    {
        var both = string.IsNullOrEmpty(result.StandardError) ? result.StandardOutput ?? "" : result.StandardOutput + Separator + result.StandardError;
        return Cut(both.Length == 0 ? result.Output ?? "" : both, PluginOutputMax);
    }
}
