using System.Globalization;
using Casement.Bench.Servers;

namespace Casement.Bench.Calls;

/// <summary>
/// GetMaintenanceWindow and CreateMaintenanceWindow as a window operator sends them, signed, authorised, audited and durable, on 32
/// connections; beside Kestrel's empty reply, beside the bare parts, and beside moto. Rounds of all alternate, so that a machine
/// that gets slower does so for all.
/// </summary>
internal sealed class CallBenchmark(SocketLoad get, SocketLoad create, CasementProcess server, WindowCalls calls)
{
    public const int Connections = 32;
    private const int Rounds = 3;
    private const int GetsMade = 20_000;
    private const int CreatesMade = 60_000;
    private const int GrowthCreates = 10_000;
    public const int FirstWindows = 1000;
    private const string Settings = "32 connections, published ReadyToRun, default settings, IAM user with 3 policies, every request another and signed";
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private readonly List<Row> _rows = [];

    public static async Task<IReadOnlyList<Row>> Run()
    {
        await using var server = await CasementProcess.Start();
        using var get = new SocketLoad(server.Port, Connections);
        using var create = new SocketLoad(server.Port, Connections);
        var benchmark = new CallBenchmark(get, create, server, new WindowCalls(await Operator.Create(server.Admin)));
        var ids = SeededWindows.Add(server, FirstWindows);
        var figures = await benchmark.BesideTheLimits(ids);
        await benchmark.BesideMoto(figures);
        return [.. benchmark._rows, .. await Growth()];
    }

    private sealed record Figures(Seen Get, Seen Create);

    private async Task<Figures> BesideTheLimits(IReadOnlyList<string> ids)
    {
        await using var bare = await BareProcess.Start(calls.Caller.Credentials.SecretAccessKey, ids);
        using var empty = new SocketLoad(bare.Empty, Connections);
        using var bareGet = new SocketLoad(bare.Get, Connections);
        using var bareCreate = new SocketLoad(bare.Create, Connections);
        var gets = calls.Gets(ids, GetsMade);
        empty.Run(gets, WarmUp, repeat: true);
        bareGet.Run(gets, WarmUp, repeat: true);
        bareCreate.Run(calls.Creates(CreatesMade), WarmUp, repeat: false);
        get.Run(gets, WarmUp, repeat: true);
        create.Run(calls.Creates(CreatesMade), WarmUp, repeat: false);

        var rounds = new List<(Seen Empty, Seen BareGet, Seen BareCreate, Seen Get, Seen Create)>();
        double bytes = 0;
        for (var i = 0; i < Rounds; i++)
        {
            gets = calls.Gets(ids, GetsMade);
            var creates = calls.Creates(CreatesMade);
            var more = calls.Creates(CreatesMade);
            var seen = (
                empty.Run(gets, Round, repeat: true), bareGet.Run(gets, Round, repeat: true), bareCreate.Run(creates, Round, repeat: false),
                Get: get.Run(gets, Round, repeat: true), Create: default(Seen)!);
            var before = SeededWindows.DatabaseBytes(server);
            seen.Create = create.Run(more, Round, repeat: false);
            bytes = (SeededWindows.DatabaseBytes(server) - before) / (double)seen.Create.Calls;
            rounds.Add(seen);
        }

        var best = (Empty: Middle(r => r.Empty), BareGet: Middle(r => r.BareGet), BareCreate: Middle(r => r.BareCreate), Get: Middle(r => r.Get), Create: Middle(r => r.Create));
        Add("GetMaintenanceWindow", best.Get, "Kestrel's empty reply", best.Empty, 0.4);
        Add("GetMaintenanceWindow", best.Get, "SigV4, JSON and one read", best.BareGet, null);
        Add("CreateMaintenanceWindow", best.Create, "Kestrel's empty reply", best.Empty, 0.2, $"{bytes:#,0} bytes of database a call");
        Add("CreateMaintenanceWindow", best.Create, "SigV4, JSON and one row in a grouped commit", best.BareCreate, null);
        return new Figures(best.Get, best.Create);

        Seen Middle(Func<(Seen Empty, Seen BareGet, Seen BareCreate, Seen Get, Seen Create), Seen> part) =>
            rounds.Select(part).OrderBy(s => s.PerSecond).ElementAt(Rounds / 2);
    }

    private async Task BesideMoto(Figures own)
    {
        await using var moto = await Moto.Start();
        if (moto is null)
        {
            _rows.Add(new Row("GetMaintenanceWindow", own.Get.PerSecond, "calls/s", "no peer here", null, null, "≥ 25 × moto", null, Settings));
            _rows.Add(new Row("CreateMaintenanceWindow", own.Create.PerSecond, "calls/s", "no peer here", null, null, "≥ 25 × moto", null, Settings));
            return;
        }

        var forMoto = calls.To(moto.Port);
        using var client = new SignedClient(forMoto.Caller);
        var ids = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            ids.Add((await SignedClient.Demand(client.Ssm("CreateMaintenanceWindow", forMoto.CreateBody()))).Json.GetProperty("WindowId").GetString()!);
        }

        using var load = new SocketLoad(moto.Port, Connections);
        var gets = forMoto.Gets(ids, 1000);
        var creates = forMoto.Creates(10_000);
        load.Run(gets, Round, repeat: true);
        Add("GetMaintenanceWindow", own.Get, "moto_server, same connections, in memory, verifies nothing", load.Run(gets, Round * 2, repeat: true), 25);
        Add("CreateMaintenanceWindow", own.Create, "moto_server, same connections, in memory, verifies nothing", load.Run(creates, Round * 2, repeat: false), 25);
    }

    /// <summary>The same calls at servers of their own with more and more windows there.</summary>
    private static async Task<List<Row>> Growth()
    {
        var rows = new List<Row>();
        foreach (var present in (int[])[1000, 10_000, 100_000])
        {
            await using var server = await CasementProcess.Start();
            var calls = new WindowCalls(await Operator.Create(server.Admin));
            using var load = new SocketLoad(server.Port, Connections);
            var ids = SeededWindows.Add(server, present);
            load.Run(calls.Gets(ids, GetsMade), WarmUp, repeat: true);
            var gets = load.Run(calls.Gets(ids, GetsMade), Round / 2, repeat: true);
            load.Run(calls.Creates(GrowthCreates), WarmUp, repeat: false);
            var creates = load.Run(calls.Creates(GrowthCreates), WarmUp, repeat: false);
            rows.Add(Of("GetMaintenanceWindow", gets));
            rows.Add(Of("CreateMaintenanceWindow", creates));

            Row Of(string what, Seen seen) => new(
                string.Create(CultureInfo.InvariantCulture, $"{what}, {present:#,0} windows at the start"), seen.PerSecond, "calls/s", "", null, null, "", null,
                string.Create(CultureInfo.InvariantCulture, $"{Latency(seen)}; {SeededWindows.Count(server):#,0} windows at the end"));
        }

        return [.. rows.OrderBy(r => r.What.StartsWith("Create", StringComparison.Ordinal))];
    }

    private void Add(string what, Seen seen, string beside, Seen other, double? mark, string note = "")
    {
        var ratio = seen.PerSecond / other.PerSecond;
        var target = mark switch { null => "", >= 1 => string.Create(CultureInfo.InvariantCulture, $"≥ {mark} ×"), _ => string.Create(CultureInfo.InvariantCulture, $"≥ {mark}") };
        _rows.Add(new Row(
            what, seen.PerSecond, "calls/s", beside, other.PerSecond, ratio, target, mark is null ? null : ratio >= mark,
            $"{Latency(seen)}; beside {Latency(other)}; {(note.Length == 0 ? "" : note + "; ")}{Settings}"));
    }

    private static string Latency(Seen seen) => string.Create(CultureInfo.InvariantCulture, $"p50 {seen.P50Ms:0.00} ms, p99 {seen.P99Ms:0.0} ms");
}
