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
/// Matches marked patterns (<see cref="WildcardText"/>). Two pointers and one remembered star: a mismatch goes back to
/// the last star only, so the work is bounded by the product of both lengths whatever the pattern, and there is no
/// recursion. <c>?</c> takes one Unicode character.
/// </summary>
internal static class Glob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase)
    {
        var none = default(NoMeter);
        return Matches(pattern, text, ignoreCase, ref none);
    }

    public static bool Matches<TMeter>(
        ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase, ref TMeter meter)
        where TMeter : struct, IStepMeter
    {
        var p = 0;
        var t = 0;
        var star = -1;
        var starText = 0;
        while (t < text.Length)
        {
            meter.Step();
            if (p < pattern.Length && pattern[p] == WildcardText.AnyRun)
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && pattern[p] == WildcardText.OneCharacter)
            {
                p++;
                t += CharacterLength(text, t);
            }
            else if (p < pattern.Length && Same(pattern[p], text[t], ignoreCase))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                starText += CharacterLength(text, starText);
                t = starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == WildcardText.AnyRun)
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static int CharacterLength(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static bool Same(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
