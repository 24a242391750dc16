namespace Casement.Bench;

/// <summary>Everything that <c>bench/run</c> can measure. A benchmark throws when its load generator saw an error.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<(string Name, Func<Task<IReadOnlyList<Row>>> Run)> All { get; } =
    [
        ("http", Calls.CallBenchmark.Run),
        ("policies", Decisions.PolicyBenchmark.Run),
        ("schedules", Occurrences.ScheduleBenchmark.Run),
        ("windows", Openings.OpeningBenchmark.Run),
        ("nodes", Nodes.NodesBenchmark.Run),
        ("start", Start.StartBenchmark.Run),
    ];
}
