using System.Text.Json;
using Casement.Aws.Wire;

namespace Casement.Aws.Tests.Wire;

public sealed class ModelPatternTests
{
    [Theory]
    [InlineData("^abc$", "abc", true)]
    [InlineData("^abc$", "abc\n", false)]
    [InlineData("b", "abc", false)]
    [InlineData("a|bc", "bc", true)]
    [InlineData("a|bc", "ac", false)]
    [InlineData(@"\w+", "aZ_9", true)]
    [InlineData(@"\w+", "é", false)]
    [InlineData(@"[\w+=,.@-]+", "a+b@c-d", true)]
    [InlineData(@"[\w+=,.@-]+", "ａ", false)]
    [InlineData(@"\d{12}", "123456789012", true)]
    [InlineData(@"\d{1}", "٣", false)]
    [InlineData(@"\s", "\u00a0", false)]
    [InlineData(@"\S\W\D", "x-x", true)]
    [InlineData(".", "\u2028", false)]
    [InlineData("[.]", ".", true)]
    [InlineData(@"(?i)all|[0-9]{12}", "ALL", true)]
    [InlineData(@"^(?!\s*$).+", "  ", false)]
    [InlineData(@"^(?!\s*$).+", " a", true)]
    [InlineData(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 𝒜𝟘", true)]
    [InlineData(@"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "smile 😀", false)]
    [InlineData(@"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", "$LATEST", true)]
    [InlineData(@"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", "12", true)]
    [InlineData(@"([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)", "012", false)]
    public void A_pattern_matches_whole_texts_as_java_does(string pattern, string text, bool matches)
        => Assert.Equal(matches, new ModelPattern(pattern).IsMatch(text));

    [Fact]
    public void Every_pattern_of_the_systems_manager_model_compiles()
    {
        using var file = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "ssm-ops.json")));
        var patterns = Patterns(file.RootElement).Distinct().ToList();

        Assert.True(patterns.Count >= 25, $"Only {patterns.Count} patterns were found.");
        Assert.All(patterns, pattern => Assert.False(new ModelPattern(pattern).IsMatch("\u0001\n")));
    }

    [Fact]
    public void A_pattern_that_cannot_run_is_refused_at_once()
    {
        Assert.ThrowsAny<ArgumentException>(() => new ModelPattern("("));
        Assert.ThrowsAny<ArgumentException>(() => new ModelPattern(@"[\W]"));
    }

    [Fact]
    public void A_pattern_built_to_explode_answers_soon()
        => Assert.False(new ModelPattern("(a+)+b").IsMatch(new string('a', 5000)));

    private static IEnumerable<string> Patterns(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property is { Name: "pattern", Value.ValueKind: JsonValueKind.String }
                ? [property.Value.GetString()!]
                : Patterns(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Patterns),
        _ => [],
    };
}
