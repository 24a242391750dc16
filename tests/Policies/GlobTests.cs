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

    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void Many_stars_cost_a_small_multiple_of_the_text(int length)
    {
        var meter = default(Counter);
        var pattern = WildcardText.Mark(string.Concat(Enumerable.Repeat("a*", 30)) + "b");
        Assert.False(Glob.Matches(pattern, new string('a', length), ignoreCase: false, ref meter));
        Assert.InRange(meter.Steps, length, 4 * length);
    }

    [Fact]
    public void The_worst_case_is_the_product_of_both_lengths()
    {
        var meter = default(Counter);
        var pattern = WildcardText.Mark("*" + new string('a', 50) + "b");
        Assert.False(Glob.Matches(pattern, new string('a', 1_000), ignoreCase: false, ref meter));
        Assert.InRange(meter.Steps, 1_000, 54 * 1_000);
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
