using System.Text.RegularExpressions;
using Casement.Clients.Tests.Harness;

namespace Casement.Crash.Tests;

/// <summary>The steps of <c>docs/journeys.md</c> are those of the source, and each of them is visited.</summary>
public sealed partial class JourneyTests
{
    [Fact]
    public void The_journeys_number_every_step_of_the_source_and_no_other()
    {
        var rows = NumberedStep().Matches(File.ReadAllText(Path.Combine(Files.Tree, "docs", "journeys.md")));
        var names = rows.Select(row => row.Groups["name"].Value).ToList();
        Assert.Equal(Steps.All.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        var numbers = rows.Select(row => row.Groups["number"].Value).ToList();
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public void There_are_twenty_steps_of_the_server_and_six_of_the_agent_at_least()
    {
        Assert.InRange(Steps.All.Count(name => !Steps.IsNodes(name)), 20, int.MaxValue);
        Assert.InRange(Steps.All.Count(name => Steps.IsNodes(name) && !Steps.IsSupervisors(name)), 6, int.MaxValue);
    }

    [Fact]
    public void Every_step_is_visited_by_one_story() =>
        Assert.Equal(Steps.All.Order(StringComparer.Ordinal), Steps.Visited.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_step_stands_at_one_place_of_the_source()
    {
        var passed = Directory.EnumerateFiles(Path.Combine(Files.Tree, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Passage().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        var declared = typeof(CrashPoint).GetFields().Where(f => f.IsLiteral).Select(f => f.Name).Order(StringComparer.Ordinal);
        Assert.Equal(declared, passed);
    }

    [GeneratedRegex(@"^\| *(?<number>[A-Z]\d+) *\|[^|]*\| *`(?<name>[a-z.-]+)` *\|", RegexOptions.Multiline)]
    private static partial Regex NumberedStep();

    [GeneratedRegex(@"CrashPoint\.Pass(?:If)?\((?:[^;]*, )?CrashPoint\.(\w+)\)")]
    private static partial Regex Passage();
}
