using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Casement.Bench;

/// <summary>Keeps what was measured under <c>artifacts/bench</c>, a file a benchmark, and writes <c>bench/results.md</c> from these.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string Root { get; } = Environment.GetEnvironmentVariable("CASEMENT_ROOT")
        ?? throw new InvalidOperationException("CASEMENT_ROOT is not set: use bench/run.");

    private static string Folder => Path.Combine(Root, "artifacts", "bench");

    private sealed record Measured(string Day, string Commit, string Machine, IReadOnlyList<Row> Rows);

    public static void Keep(string name, IReadOnlyList<Row> rows)
    {
        Directory.CreateDirectory(Folder);
        var measured = new Measured(DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Commit(), Machine(), rows);
        File.WriteAllText(Path.Combine(Folder, name + ".json"), JsonSerializer.Serialize(measured, Indented));
    }

    public static void Print(IReadOnlyList<Row> rows)
    {
        foreach (var row in rows)
        {
            Console.WriteLine($"  {Mark(row.Reached)} {row.What}: {Figure(row.Value)} {row.Unit}; {Beside(row)}; {Ratio(row)}, to reach: {row.Target}");
        }
    }

    public static void WriteReport()
    {
        var text = new StringBuilder("""
            # Results

            Written by `bench/run`; each part is what was measured last of it. A row that misses its mark says what bounds it.

            """);
        foreach (var (name, _) in Benchmarks.All)
        {
            var file = Path.Combine(Folder, name + ".json");
            if (File.Exists(file) && JsonSerializer.Deserialize<Measured>(File.ReadAllText(file)) is { } measured)
            {
                Write(text, name, measured);
            }
        }

        File.WriteAllText(Path.Combine(Root, "bench", "results.md"), text.ToString());
    }

    private static void Write(StringBuilder text, string name, Measured measured)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n\n{measured.Day}, commit {measured.Commit}, {measured.Machine}.\n\n");
        text.Append("| | row | measured | beside | ratio | to reach | settings, growth, notes |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in measured.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Mark(row.Reached)} | {row.What} | {Figure(row.Value)} {row.Unit} | {Beside(row)} | {Ratio(row)} | {row.Target} | {row.Note} |\n");
        }
    }

    private static string Mark(bool? reached) => reached switch { true => "green", false => "RED", null => "" };

    private static string Beside(Row row) => row.BesideValue is { } value ? $"{row.Beside}: {Figure(value)} {row.Unit}" : row.Beside;

    private static string Ratio(Row row) => row.Ratio is { } ratio ? ratio.ToString(ratio < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture) : "";

    private static string Figure(double value) => value.ToString(value < 10 ? "0.###" : value < 1000 ? "0.#" : "#,0", CultureInfo.InvariantCulture);

    private static string Machine() =>
        $"{Environment.ProcessorCount} cores, .NET {Environment.Version}";

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Root, "rev-parse", "--short", "HEAD"]) { RedirectStandardOutput = true })!;
        var commit = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return commit;
    }
}
