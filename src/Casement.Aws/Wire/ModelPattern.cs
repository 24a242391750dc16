using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Casement.Aws.Wire;

/// <summary>
/// A pattern as Java reads it, since AWS's models are written for Java: it matches the whole text, its shorthand
/// classes are ASCII, its dot knows five line ends, and its categories see code points beyond the sixteen-bit plane.
/// </summary>
public sealed class ModelPattern
{
    private static readonly ConcurrentDictionary<string, ModelPattern> Known = new(StringComparer.Ordinal);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private readonly Regex regex;
    private readonly bool usesCategories;

    /// <summary>Without backtracking where the pattern allows it, else with 100 ms of patience for a text.</summary>
    /// <exception cref="ArgumentException">The pattern is not one that .NET can run.</exception>
    public ModelPattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        usesCategories = text.Contains(@"\p{", StringComparison.OrdinalIgnoreCase);
        var translated = $@"\A(?:{Translate(text)})\z";
        try
        {
            regex = new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            regex = new Regex(translated, RegexOptions.CultureInvariant, Patience);
        }
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <summary>Whether the whole of <paramref name="value"/> matches; a match that takes too long is none.</summary>
    public bool IsMatch(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            return regex.IsMatch(usesCategories && value.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
                ? WithinOnePlane(value)
                : value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>One instance a text for the patterns of models; not for patterns that users send.</summary>
    internal static ModelPattern Of(string text) => Known.GetOrAdd(text, static pattern => new ModelPattern(pattern));

    private static string Translate(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        var inClass = false;
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter == '\\' && index + 1 < text.Length)
            {
                result.Append(Escape(text[++index], inClass));
                continue;
            }

            result.Append(letter == '.' && !inClass ? @"[^\n\r\u0085\u2028\u2029]" : letter.ToString());
            if (letter == '[' && !inClass)
            {
                inClass = true;
                if (index + 1 < text.Length && text[index + 1] == '^')
                {
                    result.Append(text[++index]);
                }
            }
            else if (letter == ']')
            {
                inClass = false;
            }
        }

        return result.ToString();
    }

    private static string Escape(char letter, bool inClass)
    {
        const string Word = "a-zA-Z0-9_";
        const string Digit = "0-9";
        const string Space = @" \t\n\x0B\f\r";
        return letter switch
        {
            'w' => Set(Word),
            'd' => Set(Digit),
            's' => Set(Space),
            'W' => Rest(Word),
            'D' => Rest(Digit),
            'S' => Rest(Space),
            _ => $@"\{letter}",
        };

        string Set(string members) => inClass ? members : $"[{members}]";

        string Rest(string members) => inClass
            ? throw new ArgumentException($@"\{letter} inside a character class is not supported.")
            : $"[^{members}]";
    }

    /// <summary>.NET looks at halves of a surrogate pair: each pair becomes one character of the same category.</summary>
    private static string WithinOnePlane(string value)
    {
        var result = new StringBuilder(value.Length);
        foreach (var rune in value.EnumerateRunes())
        {
            result.Append(rune.IsBmp ? (char)rune.Value : Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.UppercaseLetter => 'Ā',
                UnicodeCategory.LowercaseLetter => 'ā',
                UnicodeCategory.OtherLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter => 'ア',
                UnicodeCategory.DecimalDigitNumber => '٠',
                UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => '⅓',
                _ => '\uE000',
            });
        }

        return result.ToString();
    }
}
