using System.Globalization;

namespace Casement.Bench.Openings;

/// <summary>
/// 100,000 windows armed and 10,000 due at one instant, through the engine as the server has it, on a durable file; beside the instant
/// itself, and Quartz.NET's scheduler in memory, whose jobs write one durable row each through the same writer.
/// </summary>
internal static class OpeningBenchmark
{
    private const int Armed = 100_000;
    private const int Due = 10_000;
    private const double LatestWanted = 250;
    private const double LeadWanted = 4;

    public static async Task<IReadOnlyList<Row>> Run()
    {
        var bare = await Engine(Armed, Due, WindowKind.Bare, runs: 3);
        var working = await Engine(Armed, Due, WindowKind.WithTask, runs: 1);
        var growth = new List<string>();
        foreach (var armed in new[] { 1_000, 10_000 })
        {
            var grown = await Engine(armed, armed / 10, WindowKind.Bare, runs: 1);
            growth.Add(string.Create(CultureInfo.InvariantCulture, $"{armed:#,0} armed, {armed / 10:#,0} due: {grown.LastMs:0} ms"));
        }

        growth.Add(string.Create(CultureInfo.InvariantCulture, $"{Armed:#,0} armed, {Due:#,0} due: {bare.LastMs:0} ms"));
        var quartz = await QuartzPeer.Measure(Armed, Due);
        return
        [
            Latest("10,000 of 100,000 windows due at once: last execution committed", bare, string.Join("; ", growth)),
            Latest("the same, each with a target and a task", working, "one execution and one task execution each, then each decides"),
            new Row(
                "the same beside Quartz.NET", bare.LastMs, "ms", "Quartz.NET 4.7.3 in memory, 256 threads, batch 256", quartz.LastMs, quartz.LastMs / bare.LastMs,
                "4 x Quartz.NET", quartz.LastMs / bare.LastMs >= LeadWanted,
                string.Create(CultureInfo.InvariantCulture, $"its jobs write one row of an indexed table each through the same writer; first row after {quartz.FirstMs:0} ms")),
            new Row(
                "memory of an armed window", bare.BytesPerWindow, "bytes", "Quartz.NET, a job and its trigger", quartz.BytesPerWindow, null, "", null,
                string.Create(CultureInfo.InvariantCulture, $"managed heap; a window is {bare.FileBytesPerWindow:0} bytes of the file with its index entries, and SQLite keeps at most 64 MiB of pages")),
        ];
    }

    private static Row Latest(string what, OpeningRun run, string note) => new(
        what, run.LastMs, "ms", "the instant itself", null, null, "250 ms", run.LastMs <= LatestWanted,
        string.Create(CultureInfo.InvariantCulture,
            $"SQLite with synchronous=FULL; {run.All.Count} runs, the median of {string.Join(", ", run.All.Select(a => a.ToString("0", CultureInfo.InvariantCulture)))} ms; first commit after {run.FirstMs:0} ms, half after {run.HalfMs:0} ms, all decided after {run.DecidedMs:0} ms; {note}"));

    private static async Task<OpeningRun> Engine(int armed, int due, WindowKind kind, int runs)
    {
        var measured = new List<OpeningRun>();
        for (var i = 0; i < runs; i++)
        {
            await using var house = await EngineHouse.Start();
            measured.Add(await house.Measure(armed, due, kind));
        }

        var median = measured.OrderBy(r => r.LastMs).ElementAt(runs / 2);
        return median with { All = [.. measured.Select(r => r.LastMs)] };
    }
}

internal enum WindowKind
{
    Bare = 1,
    WithTask,
}

/// <summary>Milliseconds from the instant to commits; what a window costs at rest.</summary>
internal sealed record OpeningRun(double FirstMs, double HalfMs, double LastMs, double DecidedMs)
{
    public double BytesPerWindow { get; init; }

    public double FileBytesPerWindow { get; init; }

    public IReadOnlyList<double> All { get; init; } = [];
}
