using System.Diagnostics;
using System.Globalization;
using Casement.Tests;
using Casement.Tests.PolicyOracle;

namespace Casement.Policies.Tests;

/// <summary>The engine beside an evaluator that shares nothing with it, on random questions.</summary>
public sealed class OracleTests
{
    private const int Ordinary = 5_000;
    private const int Soaked = 100_000;

    /// <summary>At least a hundred thousand under any <c>--soak</c>.</summary>
    private static int Pairs => Soak.Factor == 1 ? Ordinary : Math.Max(Soaked, Soak.Times(Ordinary));

    /// <summary>Where the seeds begin: anywhere, unless a failure is to be repeated.</summary>
    private static ulong First =>
        ulong.TryParse(Environment.GetEnvironmentVariable("CASEMENT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? seed
            : (ulong)Stopwatch.GetTimestamp();

    [Fact]
    public void Every_decision_is_the_plain_evaluators()
    {
        var first = First;
        for (var i = 0; i < Pairs; i++)
        {
            var seed = unchecked(first + (ulong)i);
            var ask = AskGen.Of(seed);
            if (Differs(ask))
            {
                var small = Shrinking.Smallest(ask, Differs);
                Assert.Fail($"CASEMENT_SEED={seed}: the engine says '{EngineVerdict.Of(small)}', the oracle '{Judge.Verdict(small)}'.\n{small}");
            }
        }
    }

    /// <summary>The seeds are the same each time: what is reached once is reached always.</summary>
    [Fact]
    public void The_generator_reaches_every_outcome_and_every_operator()
    {
        var seen = new Dictionary<string, int>();
        for (ulong seed = 0; seed < Ordinary; seed++)
        {
            foreach (var name in ClassesOf(AskGen.Of(seed)).Distinct())
            {
                seen[name] = seen.GetValueOrDefault(name) + 1;
            }
        }

        var operators = Operators.Names.Append("null").ToList();
        string[] wanted =
        [
            "exempt", "root", "allowed by identity", "allowed by resource", "allowed by trust",
            "denied by identity", "denied by boundary", "denied by session", "denied by resource", "denied by trust",
            "lacks identity", "lacks boundary", "lacks session", "lacks resource", "lacks trust",
            .. operators.Select(o => o + " holds"), .. operators.Select(o => o + " fails"),
            "forallvalues: holds", "forallvalues: fails", "foranyvalue: holds", "foranyvalue: fails",
            "ifexists holds", "ifexists fails", "NotAction", "NotResource", "NotPrincipal", "variable", "many statements", "old version",
        ];
        Assert.Empty(wanted.Where(w => seen.GetValueOrDefault(w) < 10).Select(w => $"{w}: {seen.GetValueOrDefault(w)}"));
    }

    [Fact]
    public void The_oracle_knows_nothing_of_the_engine()
    {
        var folder = Path.Combine(Tree.Root, "tests", "Policies", "Oracle");
        var files = Directory.GetFiles(folder, "*.cs");
        Assert.True(files.Length >= 5);
        Assert.All(files, f => Assert.DoesNotContain("Casement.Policies", File.ReadAllText(f), StringComparison.Ordinal));
        Assert.All(typeof(Judge).Assembly.GetTypes().Where(t => t.Namespace == typeof(Judge).Namespace),
            t => Assert.DoesNotContain(t.GetFields().Select(f => f.FieldType).Concat(t.GetProperties().Select(p => p.PropertyType)),
                used => used.Assembly == typeof(Evaluator).Assembly));
    }

    private static bool Differs(Ask ask) => Judge.Verdict(ask) != EngineVerdict.Of(ask);

    private static IEnumerable<string> ClassesOf(Ask ask)
    {
        yield return Judge.Verdict(ask).TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '/').TrimEnd();
        string?[] documents = [.. ask.Identity, ask.Boundary, .. ask.Session, ask.Own];
        foreach (var json in documents.OfType<string>())
        {
            foreach (var name in DocumentClasses.Of(json, ask))
            {
                yield return name;
            }
        }
    }
}
