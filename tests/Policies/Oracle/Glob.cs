using System.Text;
using System.Text.RegularExpressions;

namespace Casement.Tests.PolicyOracle;

/// <summary>What one piece of a pattern takes: itself, one character, or any run of them.</summary>
internal enum Takes
{
    Itself = 1,
    One,
    Run,
}

/// <summary>One piece of a pattern; <paramref name="Character"/> counts for those that take themselves only.</summary>
internal readonly record struct Piece(Takes Takes, Rune Character);

/// <summary>Patterns by the definition: a star is nothing, or one character and a star again.</summary>
internal static partial class Glob
{
    private static readonly Rune _star = new('*');
    private static readonly Rune _mark = new('?');

    public static List<Piece> Read(string text) => Read(text, wildcards: true, facts: null)!;

    /// <summary>
    /// The pieces of a pattern. With <paramref name="facts"/>, <c>${key}</c> and <c>${key, 'default'}</c> are replaced
    /// by what they stand for, in which nothing is a wildcard; null if one stands for nothing.
    /// </summary>
    public static List<Piece>? Read(string text, bool wildcards, IReadOnlyList<Fact>? facts)
    {
        var pieces = new List<Piece>();
        for (var at = 0; at < text.Length;)
        {
            if (facts is not null && Variable().Match(text, at) is { Success: true } variable)
            {
                if (Value(variable, facts) is not { } value)
                {
                    return null;
                }

                pieces.AddRange(value.EnumerateRunes().Select(r => new Piece(Takes.Itself, r)));
                at += variable.Length;
                continue;
            }

            var character = Rune.GetRuneAt(text, at);
            var takes = wildcards && character == _star ? Takes.Run : wildcards && character == _mark ? Takes.One : Takes.Itself;
            pieces.Add(new Piece(takes, character));
            at += character.Utf16SequenceLength;
        }

        return pieces;
    }

    public static bool Fits(IReadOnlyList<Piece> pattern, string text, bool ignoreCase = false) =>
        Fits(pattern, 0, [.. text.EnumerateRunes()], 0, ignoreCase);

    /// <summary>Cuts at the first five colons that are written or brought in as characters.</summary>
    public static List<List<Piece>> SplitAtColons(IReadOnlyList<Piece> pattern)
    {
        List<List<Piece>> parts = [[]];
        foreach (var piece in pattern)
        {
            if (parts.Count < 6 && piece is { Takes: Takes.Itself, Character.Value: ':' })
            {
                parts.Add([]);
            }
            else
            {
                parts[^1].Add(piece);
            }
        }

        return parts;
    }

    private static bool Fits(IReadOnlyList<Piece> pattern, int p, Rune[] text, int t, bool ignoreCase)
    {
        if (p == pattern.Count)
        {
            return t == text.Length;
        }

        if (pattern[p].Takes == Takes.Run)
        {
            return Fits(pattern, p + 1, text, t, ignoreCase)
                || (t < text.Length && Fits(pattern, p, text, t + 1, ignoreCase));
        }

        return t < text.Length
            && (pattern[p].Takes == Takes.One || Same(pattern[p].Character, text[t], ignoreCase))
            && Fits(pattern, p + 1, text, t + 1, ignoreCase);
    }

    private static bool Same(Rune a, Rune b, bool ignoreCase) =>
        a == b || (ignoreCase && Rune.ToUpperInvariant(a) == Rune.ToUpperInvariant(b));

    private static string? Value(Match variable, IReadOnlyList<Fact> facts)
    {
        var key = variable.Groups["key"].Value.Trim();
        if (key is "*" or "?" or "$")
        {
            return key;
        }

        var fact = facts.FirstOrDefault(f => !f.IsList && f.Key.Equals(key, StringComparison.OrdinalIgnoreCase));
        return fact?.Values[0] ?? (variable.Groups["default"] is { Success: true, Value: var value } ? value : null);
    }

    [GeneratedRegex(@"\G\$\{(?<key>[^,}']*)(,\s*'(?<default>[^']*)'\s*)?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
