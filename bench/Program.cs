using Casement.Bench;
using Casement.Bench.Calls;
using Casement.Bench.Nodes;

// what a benchmark starts as a process of its own
switch (args)
{
    case [BareServer.Switch, .. var options]:
        return await BareServer.Run(options);
    case [Drive.Switch, .. var options]:
        return await Drive.Run(options);
    case ["simulate-nodes", .. var options]:
        return await NodeSimulator.Run(options);
    case ["bare-nodes", .. var options]:
        return await BareNodes.Run(options);
}

if (args is ["nodes-commands", var count])
{
    return await NodesBenchmark.Commands(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
}

// bench/run [NAME…]: measures those, or all, and writes results.md from what was measured last of each
var unknown = args.Except(Benchmarks.All.Select(b => b.Name), StringComparer.Ordinal).ToList();
if (unknown.Count > 0)
{
    await Console.Error.WriteLineAsync(
        $"No benchmark is named {string.Join(", ", unknown)}. There are: {string.Join(", ", Benchmarks.All.Select(b => b.Name))}.");
    return 2;
}

var failed = false;
foreach (var (name, run) in Benchmarks.All.Where(b => args.Length == 0 || args.Contains(b.Name, StringComparer.Ordinal)))
{
    Console.WriteLine($"{name} …");
    try
    {
        var rows = await run();
        Results.Keep(name, rows);
        Results.Print(rows);
    }
    catch (Exception e)
    {
        failed = true;
        await Console.Error.WriteLineAsync($"{name} failed: {e}");
    }
}

Results.WriteReport();
return failed ? 1 : 0;
