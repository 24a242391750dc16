using System.Buffers;

namespace Casement.Policies;

/// <summary>Counts the character comparisons of a match; the one for production costs nothing.</summary>
internal interface IStepMeter
{
    void Step();
}

/// <summary>Counts nothing.</summary>
internal readonly struct NoMeter : IStepMeter
{
    public void Step()
    {
    }
}

/// <summary>
/// Matches marked patterns (<see cref="WildcardText"/>); <c>?</c> takes one Unicode character. What stands before the
/// first star and after the last is compared in place. Of the pieces between, the first place of each is enough, so
/// that nothing is ever tried twice: a piece without <c>?</c> is found by Knuth, Morris and Pratt's search, and the whole
/// match is linear in pattern and text. Only a piece that holds both <c>?</c> and characters may be compared anew at
/// each place of the text, up to its own length.
/// </summary>
internal static class Glob
{
    /// <summary>Up to this product of lengths the framework's search is quicker than any that promises more.</summary>
    internal const int SmallSearch = 1024;

    private const int StackMax = 128;

    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase)
    {
        var none = default(NoMeter);
        return Matches(pattern, text, ignoreCase, ref none);
    }

    public static bool Matches<TMeter>(
        ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        var first = pattern.IndexOf(WildcardText.AnyRun);
        if (first < 0)
        {
            return HeadLength(pattern, text, ignoreCase, ref meter) == text.Length;
        }

        var head = HeadLength(pattern[..first], text, ignoreCase, ref meter);
        if (head < 0)
        {
            return false;
        }

        var last = pattern.LastIndexOf(WildcardText.AnyRun);
        var rest = text[head..];
        var tail = TailLength(pattern[(last + 1)..], rest, ignoreCase, ref meter);
        if (tail < 0)
        {
            return false;
        }

        rest = rest[..^tail];
        var between = pattern[first..last];
        foreach (var range in between.Split(WildcardText.AnyRun))
        {
            var end = between[range].IsEmpty ? 0 : EndOfFirst(between[range], rest, ignoreCase, ref meter);
            if (end < 0)
            {
                return false;
            }

            rest = rest[end..];
        }

        return true;
    }

    /// <summary>How much of the text's beginning a piece takes, or -1.</summary>
    private static int HeadLength<TMeter>(
        ReadOnlySpan<char> piece, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        var t = 0;
        foreach (var wanted in piece)
        {
            meter.Step();
            if (t == text.Length || (wanted != WildcardText.OneCharacter && !Same(wanted, text[t], ignoreCase)))
            {
                return -1;
            }

            t += wanted == WildcardText.OneCharacter ? CharacterLength(text, t) : 1;
        }

        return t;
    }

    /// <summary>How much of the text's end a piece takes, or -1.</summary>
    private static int TailLength<TMeter>(
        ReadOnlySpan<char> piece, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        var t = text.Length;
        for (var p = piece.Length - 1; p >= 0; p--)
        {
            meter.Step();
            if (t == 0 || (piece[p] != WildcardText.OneCharacter && !Same(piece[p], text[t - 1], ignoreCase)))
            {
                return -1;
            }

            t -= piece[p] == WildcardText.OneCharacter && t > 1 ? CharacterLength(text, t - 2) : 1;
        }

        return text.Length - t;
    }

    /// <summary>Where the first place of a piece ends, or -1.</summary>
    private static int EndOfFirst<TMeter>(
        ReadOnlySpan<char> piece, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        if (!piece.Contains(WildcardText.OneCharacter))
        {
            return EndOfFirstLiteral(piece, text, ignoreCase, ref meter);
        }

        for (var at = 0; at < text.Length; at += CharacterLength(text, at))
        {
            var length = HeadLength(piece, text[at..], ignoreCase, ref meter);
            if (length >= 0)
            {
                return at + length;
            }
        }

        return -1;
    }

    private static int EndOfFirstLiteral<TMeter>(
        ReadOnlySpan<char> piece, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        if (piece.Length > text.Length)
        {
            return -1;
        }

        if (!ignoreCase && (long)piece.Length * text.Length <= SmallSearch)
        {
            var at = text.IndexOf(piece);
            return at < 0 ? -1 : at + piece.Length;
        }

        var rented = piece.Length > StackMax ? ArrayPool<int>.Shared.Rent(piece.Length) : null;
        var borders = rented is null ? stackalloc int[StackMax] : rented;
        FindBorders(piece, borders, ignoreCase, ref meter);
        var end = -1;
        for (int t = 0, matched = 0; t < text.Length && end < 0; t++)
        {
            matched = Extended(piece, borders, matched, text[t], ignoreCase, ref meter);
            end = matched == piece.Length ? t + 1 : -1;
        }

        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        return end;
    }

    /// <summary>For each beginning of the piece the length of its longest border: what is both its start and its end.</summary>
    private static void FindBorders<TMeter>(
        ReadOnlySpan<char> piece, Span<int> borders, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        borders[0] = 0;
        for (var i = 1; i < piece.Length; i++)
        {
            borders[i] = Extended(piece, borders, borders[i - 1], piece[i], ignoreCase, ref meter);
        }
    }

    /// <summary>The longest beginning of the piece that ends in this character, after one of that length before it.</summary>
    private static int Extended<TMeter>(
        ReadOnlySpan<char> piece, ReadOnlySpan<int> borders, int matched, char next, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        meter.Step();
        while (matched > 0 && !Same(piece[matched], next, ignoreCase))
        {
            meter.Step();
            matched = borders[matched - 1];
        }

        return Same(piece[matched], next, ignoreCase) ? matched + 1 : 0;
    }

    private static int CharacterLength(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static bool Same(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
