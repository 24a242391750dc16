using System.Text;
using Casement.Tests;
using CsCheck;

namespace Casement.Policies.Tests;

public sealed class GlobTests
{
    private static readonly Gen<(string Pattern, string Text)> Pairs = Gen.Select(
        Gen.String[Gen.Char["ab*?/"], 0, 8], Gen.String[Gen.Char["ab/"], 0, 10]);

    [Fact]
    public void It_agrees_with_a_naive_matcher() =>
        Pairs.Sample(p => Assert.Equal(Naive(p.Pattern, p.Text), Matches(p.Pattern, p.Text)), iter: 50_000);

    [Fact]
    public void The_generator_reaches_matches_and_mismatches_with_both_wildcards()
    {
        var seen = new HashSet<(bool Matched, bool Star, bool Mark)>();
        Pairs.Sample(
            p =>
            {
                lock (seen)
                {
                    seen.Add((Naive(p.Pattern, p.Text), p.Pattern.Contains('*', StringComparison.Ordinal),
                        p.Pattern.Contains('?', StringComparison.Ordinal)));
                }
            },
            iter: 20_000);
        Assert.Equal(8, seen.Count);
    }

    [Theory]
    [InlineData("?", "😀", true)]
    [InlineData("??", "😀", false)]
    [InlineData("*?", "😀", true)]
    [InlineData("*??", "😀", false)]
    [InlineData("a?b", "a😀b", true)]
    public void One_mark_takes_one_character_even_where_it_is_two_units(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Matches(pattern, text));

    /// <summary>Long enough for the search that the small pairs never get to.</summary>
    [Fact]
    public void Long_patterns_and_texts_agree_with_a_table_of_all_prefixes()
    {
        var seen = new HashSet<(bool Matched, bool Mark, bool IgnoreCase)>();
        for (ulong seed = 0; seed < (ulong)Soak.Times(3_000); seed++)
        {
            var (pattern, text, ignoreCase) = LongPair(new Dice(seed));
            var expected = ByTable(pattern, text, ignoreCase);
            Assert.True(
                expected == Glob.Matches(WildcardText.Mark(pattern), text, ignoreCase), $"seed {seed}: {pattern} on {text}");
            seen.Add((expected, pattern.Contains('?', StringComparison.Ordinal), ignoreCase));
        }

        Assert.Equal(8, seen.Count);
    }

    /// <summary>Patterns and texts of about n characters each that make matchers go back again and again.</summary>
    public static TheoryData<string, Func<int, string>, Func<int, string>> Hostile => new()
    {
        { "a*a*a*…b", n => Repeated("a*", n) + "b", n => new string('a', n) },
        { "*a*a*a…*b*", n => Repeated("*a", n) + "*b*", n => new string('a', n) },
        { "*aaa…ab*", n => "*" + new string('a', n / 2) + "b*", n => new string('a', n) },
        { "*aaa…abaaa…a*", n => "*" + new string('a', n / 4) + "b" + new string('a', n / 4) + "*", n => new string('a', n) },
        { "*abab…c*", n => "*" + Repeated("ab", n / 2) + "c*", n => Repeated("ab", n) },
        { "*aab*aab…*c", n => Repeated("*aab", n) + "*c", n => Repeated("aab", n) },
        { "a?*a?*…b", n => Repeated("a?*", n) + "b", n => new string('a', n) },
        { "?*?*?…", n => Repeated("?*", n), n => new string('a', n / 4) },
        { "*****…", n => new string('*', n), n => new string('a', n) },
        { "an ARN", n => "arn:aws:ssm:*:*:parameter/*/" + new string('x', n), n => "arn:aws:ssm:us-east-1:1:parameter/" + new string('x', n) },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Work_is_linear_in_pattern_and_text(string name, Func<int, string> pattern, Func<int, string> text)
    {
        _ = name;
        var (small, smallSize) = Steps(pattern(2_000), text(2_000));
        var (large, largeSize) = Steps(pattern(8_000), text(8_000));
        Assert.InRange(small, 0, 3 * smallSize);
        Assert.InRange(large, 0, 3 * largeSize);
        Assert.InRange(large, 0, 4.2 * (small + Glob.SmallSearch));
    }

    /// <summary>The exception: a piece that holds both <c>?</c> and characters, and comes behind a star.</summary>
    [Fact]
    public void A_marked_piece_costs_its_own_length_at_each_place_at_most()
    {
        var pattern = "*" + Repeated("a?", 50) + "b*";
        Assert.InRange(Steps(pattern, new string('a', 1_000)).Steps, 0, 51 * 1_000);
        Assert.InRange(Steps(pattern, new string('a', 4_000)).Steps, 0, 51 * 4_000);
    }

    private static (long Steps, long Size) Steps(string pattern, string text)
    {
        var meter = default(Counter);
        _ = Glob.Matches(WildcardText.Mark(pattern), text, ignoreCase: false, ref meter);
        return (meter.Steps, pattern.Length + text.Length);
    }

    private static string Repeated(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length));

    /// <summary>The text is what the pattern's pieces lie in, or nearly.</summary>
    private static (string Pattern, string Text, bool IgnoreCase) LongPair(Dice dice)
    {
        var ignoreCase = dice.Percent(30);
        var pattern = "";
        var text = "";
        for (var pieces = 1 + dice.Next(4); pieces > 0; pieces--)
        {
            var piece = string.Concat(Enumerable.Range(0, 1 + dice.Next(40)).Select(_ => dice.Percent(85) ? "a" : dice.Of(["b", "😀", "A"])));
            var blurred = dice.Percent(25) ? string.Concat(piece.Select(c => c == 'a' && dice.Percent(20) ? '?' : c)) : piece;
            pattern += blurred + (dice.Percent(90) ? "*" : "");
            text += piece + string.Concat(Enumerable.Repeat("a", dice.Next(60))) + dice.Of(["", "b", "B😀"]);
        }

        return (dice.Percent(50) ? "*" + pattern : pattern, dice.Percent(15) ? text[..^1].TrimEnd('\ud83d') : text, ignoreCase);
    }

    private static bool ByTable(string pattern, string text, bool ignoreCase)
    {
        Rune[] wanted = [.. pattern.EnumerateRunes()];
        Rune[] given = [.. text.EnumerateRunes()];
        var matches = Enumerable.Range(0, wanted.Length + 1).Select(_ => new bool[given.Length + 1]).ToArray();
        matches[0][0] = true;
        for (var p = 1; p <= wanted.Length; p++)
        {
            for (var t = 0; t <= given.Length; t++)
            {
                matches[p][t] = wanted[p - 1].Value == '*'
                    ? matches[p - 1][t] || (t > 0 && matches[p][t - 1])
                    : t > 0 && matches[p - 1][t - 1] && (wanted[p - 1].Value == '?' || wanted[p - 1] == given[t - 1]
                        || (ignoreCase && Rune.ToUpperInvariant(wanted[p - 1]) == Rune.ToUpperInvariant(given[t - 1])));
            }
        }

        return matches[wanted.Length][given.Length];
    }

    private static bool Matches(string pattern, string text) =>
        Glob.Matches(WildcardText.Mark(pattern), text, ignoreCase: false);

    /// <summary>By the definition: a star is nothing, or one character and a star again.</summary>
    private static bool Naive(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        return pattern[0] == '*'
            ? Naive(pattern[1..], text) || (!text.IsEmpty && Naive(pattern, text[1..]))
            : !text.IsEmpty && (pattern[0] == '?' || pattern[0] == text[0]) && Naive(pattern[1..], text[1..]);
    }

    private struct Counter : IStepMeter
    {
        public long Steps { get; private set; }

        public void Step() => Steps++;
    }
}
