using System.Text.RegularExpressions;

namespace Casement.Server.Tests;

/// <summary>The house's rules, read off project files and sources. Limits that do not hold yet are ratchets: they may only go down.</summary>
public sealed partial class TidyTests
{
    private const int LinesMax = 500;
    private const int MethodMax = 70;
    private const int DependenciesMax = 6;

    /// <summary>How many methods are longer than <see cref="MethodMax"/> today.</summary>
    private const int LongMethods = 2;

    /// <summary>How many constructors of services take more than <see cref="DependenciesMax"/>.</summary>
    private const int WideConstructors = 0;

    [Fact]
    public void Arrows_go_downwards_only()
    {
        var allowed = new Dictionary<string, string[]>
        {
            ["Host"] = ["Web", "Server", "Storage", "Schedules", "Policies", "Executions", "Aws"],
            ["Web"] = ["Server", "Storage", "Schedules", "Policies", "Executions", "Aws"],
            ["Server"] = ["Storage", "Schedules", "Policies", "Executions", "Aws"],
            ["Storage"] = ["Schedules", "Policies", "Executions"],
            ["Agent"] = ["Aws"],
            ["Cli"] = ["Aws"],
            ["Aws"] = [],
            ["Schedules"] = [],
            ["Policies"] = [],
            ["Executions"] = [],
        };
        Assert.All(Sources.Projects, p => Assert.Subset(allowed.GetValueOrDefault(p.Key, []).ToHashSet(), p.Value.Projects));
    }

    [Theory]
    [InlineData("Schedules", "NodaTime")]
    [InlineData("Executions", "NodaTime")]
    [InlineData("Policies", "")]
    public void The_cores_depend_on_time_or_nothing(string project, string package)
    {
        Assert.Subset(new HashSet<string> { package }, Sources.Projects[project].Packages);
    }

    [Fact]
    public void The_cores_know_no_clock_no_files_and_no_randomness()
    {
        var cores = Sources.Product.Where(f => f.Path.Split('/')[1] is "Casement.Schedules" or "Casement.Policies" or "Casement.Executions");
        Nothing(cores, Impure());
    }

    [Fact]
    public void Files_stay_readable_in_one_go()
    {
        Assert.Empty(Sources.All.Where(f => f.Lines.Length > LinesMax).Select(f => $"{f.Path}: {f.Lines.Length} lines"));
    }

    [Fact]
    public void Methods_fit_on_a_screen()
    {
        var long_ = Sources.All.SelectMany(f => Methods(f.Lines).Where(m => m.Length > MethodMax).Select(m => $"{f.Path}:{m.Line} {m.Length} lines")).ToList();
        Assert.True(long_.Count <= LongMethods, string.Join('\n', long_));
    }

    [Fact]
    public void Nobody_needs_more_than_six_others()
    {
        var wide = Sources.Product.SelectMany(f => Constructor().Matches(string.Join('\n', f.Lines))
            .Where(m => Parameters(m.Groups[2].Value) > DependenciesMax)
            .Select(m => $"{f.Path}: {m.Groups[1].Value} takes {Parameters(m.Groups[2].Value)}")).ToList();
        Assert.True(wide.Count <= WideConstructors, string.Join('\n', wide));
    }

    [Fact]
    public void No_type_is_called_by_what_it_vaguely_does() => Nothing(Sources.All, VagueName());

    [Fact]
    public void No_file_is_folded_into_regions() => Nothing(Sources.All, Region());

    [Fact]
    public void No_interface_has_a_single_implementation_of_its_own_name()
    {
        // a grain is reached by its interface only: those are Orleans' doors, not abstractions
        var types = Sources.Product.SelectMany(f => f.Lines).Where(l => !l.Contains(": IGrainWith", StringComparison.Ordinal)).SelectMany(l => TypeName().Matches(l)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.DoesNotContain(types, t => t.Length > 1 && t[0] == 'I' && char.IsUpper(t[1]) && types.Contains(t[1..]));
    }

    [Fact]
    public void A_suppression_says_why()
    {
        var silent = Sources.All.SelectMany(f => f.Lines.Index()
            .Where(l => (l.Item.Contains("#pragma warning disable", StringComparison.Ordinal) && !l.Item.Contains("//", StringComparison.Ordinal))
                || (l.Item.Contains("[SuppressMessage", StringComparison.Ordinal) && !string.Join(' ', f.Lines.Skip(l.Index).Take(4)).Contains("Justification", StringComparison.Ordinal)))
            .Where(_ => !f.Path.EndsWith("TidyTests.cs", StringComparison.Ordinal))
            .Select(l => $"{f.Path}:{l.Index + 1}"));
        Assert.Empty(silent);
    }

    [Fact]
    public void Time_and_ids_come_from_where_a_test_can_put_its_own() => Nothing(Sources.Product, AmbientTime());

    [Fact]
    public void SQL_and_HTTP_have_one_home_each()
    {
        Nothing(Sources.Product.Where(f => !f.Path.StartsWith("src/Casement.Storage/", StringComparison.Ordinal)), SqliteType());
        Nothing(Sources.Product.Where(f => f.Path.StartsWith("src/Casement.Server/Ssm/", StringComparison.Ordinal)), HttpType());
    }

    [Fact]
    public void The_patterns_of_these_tests_find_what_they_forbid()
    {
        Assert.Matches(VagueName(), "public sealed class WindowManager(int a)");
        Assert.Matches(AmbientTime(), "var now = DateTime.UtcNow;");
        Assert.Matches(Impure(), "File.ReadAllText(path)");
        Assert.Matches(HttpType(), "HttpContext context");
        Assert.Equal(7, Parameters("int a, Dictionary<string, int> b, int c, int d, int e, (int x, int y) f, int g"));
        Assert.Equal([(1, 4)], Methods(["    void A()", "    {", "        x();", "    }"]));
    }

    private static void Nothing(IEnumerable<(string Path, string[] Lines)> files, Regex forbidden) =>
        Assert.Empty(files.Where(f => !f.Path.EndsWith("TidyTests.cs", StringComparison.Ordinal))
            .SelectMany(f => f.Lines.Index().Where(l => forbidden.IsMatch(Code(l.Item))).Select(l => $"{f.Path}:{l.Index + 1} {l.Item.Trim()}")));

    private static string Code(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal) ? "" : line;

    // members of a type stand at four spaces, of a nested one at eight; their bodies' braces at the same depth
    private static IEnumerable<(int Line, int Length)> Methods(string[] lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var brace = lines[i];
            var indent = brace.Length - brace.TrimStart().Length;
            if (brace.Trim() != "{" || indent is not (4 or 8) || !lines[i - 1].TrimEnd().EndsWith(')') || TypeName().IsMatch(lines[i - 1]))
            {
                continue;
            }

            var end = Array.FindIndex(lines, i, l => l.StartsWith(new string(' ', indent) + "}", StringComparison.Ordinal));
            yield return (i, end - i + 2);
        }
    }

    private static int Parameters(string list)
    {
        var depth = 0;
        var count = list.Trim().Length == 0 ? 0 : 1;
        foreach (var c in list)
        {
            depth += c is '<' or '(' or '[' ? 1 : c is '>' or ')' or ']' ? -1 : 0;
            count += c == ',' && depth == 0 ? 1 : 0;
        }

        return count;
    }

    [GeneratedRegex(@"\bclass (\w+)(?:<[^>]*>)?\(([^{;]*?)\)\s*(?::|\{|;|\n)")]
    private static partial Regex Constructor();

    [GeneratedRegex(@"\b(?:class|record|struct|interface) \w*(?:Manager|Helper|Helpers|Util|Utils|Utility|Processor|Base)\b")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*#region")]
    private static partial Regex Region();

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|interface) (\w+)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:UtcNow|Now|Today)\b|\bGuid\.NewGuid\b|\bThread\.Sleep\b|\bEnvironment\.TickCount|\bStopwatch\b|\bRandom\.Shared\b|\bnew Random\b")]
    private static partial Regex AmbientTime();

    [GeneratedRegex(@"\bFile\.|\bDirectory\.|\bTimeProvider\b|\bRandomNumberGenerator\b|\basync\b|\bTask<|\bILogger\b|\bConsole\.")]
    private static partial Regex Impure();

    [GeneratedRegex(@"\bSqlite(?:Connection|Command|Exception|DataReader)\b")]
    private static partial Regex SqliteType();

    [GeneratedRegex(@"\bHttpContext\b|\bHttpRequest\b")]
    private static partial Regex HttpType();
}
