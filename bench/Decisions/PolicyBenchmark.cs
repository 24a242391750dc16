using System.Diagnostics;
using System.Globalization;
using Casement.Policies;

namespace Casement.Bench.Decisions;

/// <summary>Permission decisions on one core, beside Cedar on policies that both languages express. No result is kept anywhere.</summary>
internal static class PolicyBenchmark
{
    private const double Seconds = 2;
    private const int SecondDecisionsWanted = 1_000_000;
    private const int LeadWanted = 20;
    private static readonly int[] _sizes = [1_000, 10_000, 100_000];

    public static Task<IReadOnlyList<Row>> Run()
    {
        var rows = new List<Row> { OperatorRow(), BuiltRow(), ManyRow(patterns: false), ManyRow(patterns: true) };
        return Task.FromResult<IReadOnlyList<Row>>(rows);
    }

    private static Row OperatorRow()
    {
        var load = Load.Operator();
        var ours = Measure(load, Seconds, rebuild: false);
        var cedar = Cedar.Measure(load, Seconds);
        var ratio = ours / cedar?.PerSecond;
        return new Row(
            "decisions: the window operator's policies", ours, "decisions/s", cedar?.Name ?? "no peer here", cedar?.PerSecond, ratio,
            "1,000,000 a second, 20 x Cedar", ours >= SecondDecisionsWanted && !(ratio < LeadWanted),
            "one thread; AmazonSSMFullAccess, passing the window's role, a deny of registering tasks; 8 questions of two callers, 3 of them refused, with 4 to 5 condition keys");
    }

    private static Row BuiltRow()
    {
        var ours = Measure(Load.Operator(), Seconds, rebuild: true);
        return new Row(
            "the same, request and condition keys made anew each time", ours, "decisions/s", "", null, null, "", null, "what Cedar's figure has in it too, beside the crossing into wasm");
    }

    private static Row ManyRow(bool patterns)
    {
        const int Statements = 10_000;
        var load = Load.Many(Statements, patterns);
        var ours = Measure(load, Seconds, rebuild: false);
        var cedar = Cedar.Measure(load, Seconds);
        var growth = string.Join(", ", _sizes.Select(n => string.Create(
            CultureInfo.InvariantCulture, $"{n:#,0}: {1e6 / Measure(Load.Many(n, patterns), 1, rebuild: false):0.##} µs")));
        return new Row(
            $"decisions: 10,000 statements, each of one {(patterns ? "pattern of resources" : "resource")}", ours, "decisions/s",
            cedar?.Name ?? "no peer here", cedar?.PerSecond, ours / cedar?.PerSecond, "20 x Cedar", cedar is null ? null : ours / cedar.PerSecond >= LeadWanted,
            $"one thread; a thousand statements a document, 10 actions, half of the questions refused; a decision by statements: {growth}");
    }

    /// <summary>Decisions a second on this thread.</summary>
    /// <exception cref="InvalidOperationException">A decision is not the expected one.</exception>
    private static double Measure(Load load, double seconds, bool rebuild)
    {
        var asked = load.Questions.Select(q => (Question: q, Caller: load.Callers[q.Caller], Request: RequestOf(q))).ToArray();
        Run(0.5);
        return Run(seconds);

        double Run(double duration)
        {
            var count = 0L;
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < duration)
            {
                for (var round = 0; round < 16; round++)
                {
                    foreach (var (question, caller, request) in asked)
                    {
                        var decision = Evaluator.Decide(rebuild ? RequestOf(question) : request, caller);
                        if (decision.IsAllowed != question.IsAllowed)
                        {
                            throw new InvalidOperationException($"{question} is decided as {decision}.");
                        }
                    }
                }

                count += 16L * asked.Length;
            }

            return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static AccessRequest RequestOf(Question question)
    {
        var context = new ConditionContext();
        foreach (var (key, value) in question.Keys)
        {
            context.Add(key, value);
        }

        return new AccessRequest(question.Action, question.Resource, context);
    }
}
