using System.Diagnostics;
using System.Globalization;
using Casement.Bench.Servers;

namespace Casement.Bench.Calls;

/// <summary>
/// One kind of call on and on, for a profiler to look at: <c>bench/run --drive get|create SECONDS [COMMAND…]</c>. The command runs
/// beside it with the server's process id as its last argument.
/// </summary>
internal static class Drive
{
    public const string Switch = "--drive";

    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var time = TimeSpan.FromSeconds(int.Parse(arguments[1], CultureInfo.InvariantCulture));
        await using var server = await CasementProcess.Start(new Dictionary<string, string> { ["DOTNET_PerfMapEnabled"] = "1" });
        var calls = new WindowCalls(await Operator.Create(server));
        using var load = new SocketLoad(server.Port, CallBenchmark.Connections);
        var isGet = arguments[0] == "get";
        var ids = SeededWindows.Add(server, CallBenchmark.FirstWindows);
        load.Run(Made(), TimeSpan.FromSeconds(8), repeat: isGet);

        var requests = Made();
        using var beside = arguments.Count > 2 ? Process.Start(arguments[2], [.. arguments.Skip(3), server.Pid.ToString(CultureInfo.InvariantCulture)]) : null;
        var before = server.Worked;
        var written = server.Written;
        var seen = load.Run(requests, time, repeat: isGet);
        var worked = server.Worked - before;
        var bytes = (server.Written.Bytes - written.Bytes) / (double)seen.Calls;
        var writes = (server.Written.Calls - written.Calls) / (double)seen.Calls;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seen.PerSecond:#,0} calls/s, p50 {seen.P50Ms:0.00} ms, p99 {seen.P99Ms:0.0} ms, {worked.TotalMicroseconds / seen.Calls:0.0} µs of processor, {bytes:#,0} bytes and {writes:0.0} writes a call, {server.ResidentMiB:0} MiB"));
        await (beside?.WaitForExitAsync() ?? Task.CompletedTask);
        return 0;

        Requests Made() => isGet ? calls.Gets(ids, 20_000) : calls.Creates((int)time.TotalSeconds * 25_000);
    }
}
