using System.Diagnostics;
using System.Globalization;
using Casement.Bench.Nodes;
using Casement.Bench.Servers;
using Casement.Storage;

namespace Casement.Bench.Endurance;

/// <summary>
/// An hour's worth of traffic in ten minutes, on a real server with a durable directory: 1,000 polling nodes, a window that opens
/// every second and runs a command on its nodes, and people who call. Then it must hold no more than before, have answered nothing
/// wrong, and its database must have grown by what is stated.
/// </summary>
internal sealed class SoakRun(FleetServer server, Traffic traffic, int minutes)
{
    public const string Switch = "soak";

    /// <summary>What an execution leaves for good: itself, one task, one command with 16 nodes' outputs, and the audit rows of all that.</summary>
    public const double BytesPerExecution = 45_000;

    /// <summary>What a call leaves: its audit row.</summary>
    public const double BytesPerCall = 1_200;

    private const int Nodes = 1000;
    private const int NodesPerWindow = 16;
    private const int Windows = 60;

    // 60 calls, since some turns make three: 36,000 in ten minutes
    private const int TurnsPerSecond = 43;
    private const double GrowthMaxMiBPerMinute = 1;
    private const int HandlesMore = 32;
    private const double BytesTolerance = 1.15;
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(60);

    private readonly List<Footprint> _samples = [];
    private readonly List<string> _faults = [];
    private readonly Stopwatch _since = new();

    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var minutes = arguments switch
        {
            [] => 10,
            ["--minutes", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 1 => given,
            _ => throw new ArgumentException("bench/soak [--minutes N], N at least 2"),
        };
        await using var server = await FleetServer.Start(Nodes);
        using var admin = new SignedClient(server.Admin);
        var caller = await Operator.Create(server.Admin);
        using var simulator = ChildProcess.Self(
            "simulate-nodes", "--server", server.Address.ToString(), "--nodes", server.NodeList, "--heartbeat-seconds", "60", "--output-bytes", "400", "--progress");
        await simulator.Hears("polling");
        var windows = await Windowing(server, admin);
        var soak = new SoakRun(server, new Traffic(server.Admin, caller, windows), minutes);
        await soak.Load();
        await soak.Quiet(admin, windows, simulator);
        return await soak.Judge();
    }

    /// <summary>Sixty windows, each every minute, made a second apart: one of them opens every second.</summary>
    private static async Task<IReadOnlyList<string>> Windowing(FleetServer server, SignedClient admin)
    {
        var nodes = NodeIdentity.ReadAll(server.NodeList);
        var windows = new List<string>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var i = 0; i < Windows; i++)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            var made = await SignedClient.Demand(admin.Ssm(
                "CreateMaintenanceWindow", $$"""{"Name":"every-minute-{{name}}","Schedule":"rate(1 minute)","Duration":1,"Cutoff":0,"AllowUnassociatedTargets":true}"""));
            var id = made.Json.GetProperty("WindowId").GetString()!;
            var members = string.Join(',', nodes.Skip(i * NodesPerWindow).Take(NodesPerWindow).Select(n => $"\"{n.NodeId}\""));
            await SignedClient.Demand(admin.Ssm(
                "RegisterTaskWithMaintenanceWindow",
                $$"""{"WindowId":"{{id}}","TaskArn":"AWS-RunShellScript","TaskType":"RUN_COMMAND","Targets":[{"Key":"InstanceIds","Values":[{{members}}]}],"MaxConcurrency":"100%","MaxErrors":"1","TaskInvocationParameters":{"RunCommand":{"Parameters":{"commands":["uptime"]} } } }"""));
            windows.Add(id);
            await timer.WaitForNextTickAsync();
        }

        return windows;
    }

    private async Task Load()
    {
        using var stop = new CancellationTokenSource();
        var calls = traffic.Run(TurnsPerSecond, stop.Token);
        var before = Grown();
        _since.Start();
        using var timer = new PeriodicTimer(Sample);
        while (_since.Elapsed < TimeSpan.FromMinutes(minutes))
        {
            await timer.WaitForNextTickAsync();
            Look();
        }

        await stop.CancelAsync();
        await calls;
        var after = Grown();
        var (executions, bytes) = (after.Executions - before.Executions, after.Bytes - before.Bytes);
        var stated = (executions * BytesPerExecution) + (traffic.Calls * BytesPerCall);
        Say($"{traffic.Calls:#,0} calls, {traffic.Refused:#,0} of them refused as they should be; {executions:#,0} executions; the database grew by {bytes / 1048576.0:0.0} MiB, stated are {stated / 1048576.0:0.0}");
        Demand(bytes <= stated * BytesTolerance, "The database grew by more than is stated.");
        Demand(executions >= (minutes * 60) - 5, $"Only {executions} windows opened.");
        foreach (var wrong in traffic.Wrong.Take(10))
        {
            _faults.Add($"An answer that the caller did not cause: {wrong}");
        }
    }

    /// <summary>Only the windows and nodes for a minute, by which is seen what an execution alone leaves; then nothing at all.</summary>
    private async Task Quiet(SignedClient admin, IReadOnlyList<string> windows, ChildProcess simulator)
    {
        var before = Grown();
        await Task.Delay(Rest);
        var after = Grown();
        var each = (after.Bytes - before.Bytes) / (double)(after.Executions - before.Executions);
        Say($"an execution alone leaves {each:#,0} bytes, stated are {BytesPerExecution:#,0}");
        Demand(each <= BytesPerExecution * BytesTolerance, "An execution leaves more than is stated.");
        foreach (var window in windows)
        {
            await SignedClient.Demand(admin.Ssm("UpdateMaintenanceWindow", $$"""{"WindowId":"{{window}}","Enabled":false}"""));
        }

        await Task.Delay(Sample);
        await simulator.End();
        await Task.Delay(Rest);
        Look();
    }

    private async Task<int> Judge()
    {
        // the first minute is for warming up; the second half of the rest must be flat
        var loaded = _samples.SkipLast(1).Where(s => s.At >= Rest).ToList();
        var half = loaded.Skip(loaded.Count / 2).ToList();
        var slope = Slope(half);
        Say($"memory in the second half: {slope:+0.00;-0.00} MiB a minute; at most {GrowthMaxMiBPerMinute}");
        Demand(slope <= GrowthMaxMiBPerMinute, "Memory grows.");
        Demand(half.Max(s => s.Handles) <= loaded.SkipLast(half.Count).Max(s => s.Handles) + HandlesMore, "Handles grow.");
        Demand(half.Max(s => s.Threads) <= loaded.SkipLast(half.Count).Max(s => s.Threads) + HandlesMore, "Threads grow.");
        Demand(_samples[^1].ResidentMiB <= loaded.Max(s => s.ResidentMiB) && _samples[^1].Handles < loaded[0].Handles, "What the load needed is still held when it is over.");
        var logged = server.Process.Overheard().Where(line => line.StartsWith("fail", StringComparison.Ordinal) || line.StartsWith("warn", StringComparison.Ordinal)).ToList();
        Demand(logged.Count == 0, $"The server's log says: {string.Join("; ", logged.Take(5))}");
        await server.Process.Terminate();
        using (var database = Database.Open(new DatabaseOptions(server.DatabaseFile)))
        {
            var broken = database.Read(AuditTrail.FirstBroken);
            Demand(broken is null, $"The audit trail is broken at row {broken}.");
            var open = database.Read(tx => tx.Count("SELECT count(*) FROM executions WHERE final=0"));
            var failed = database.Read(tx => tx.Count("SELECT count(*) FROM executions WHERE status NOT IN ('SUCCESS')"));
            Demand(open == 0 && failed == 0, $"{open} executions have not ended, {failed} did not succeed.");
        }

        _faults.ForEach(fault => Console.WriteLine($"RED {fault}"));
        Console.WriteLine(_faults.Count == 0 ? "green" : "red");
        return _faults.Count == 0 ? 0 : 1;
    }

    private void Look()
    {
        var now = Footprint.Of(server.Process.Pid, _since.Elapsed);
        _samples.Add(now);
        Console.WriteLine(now);
    }

    private (long Executions, long Bytes) Grown()
    {
        using var database = Database.Open(new DatabaseOptions(server.DatabaseFile));
        return (database.Read(tx => tx.Count("SELECT count(*) FROM executions")), server.DatabaseBytes());
    }

    private void Demand(bool holds, string fault)
    {
        if (!holds)
        {
            _faults.Add(fault);
        }
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>MiB a minute, by least squares.</summary>
    private static double Slope(List<Footprint> samples)
    {
        var (at, size) = (samples.Average(s => s.At.TotalMinutes), samples.Average(s => s.AnonymousMiB));
        var spread = samples.Sum(s => Math.Pow(s.At.TotalMinutes - at, 2));
        return spread == 0 ? 0 : samples.Sum(s => (s.At.TotalMinutes - at) * (s.AnonymousMiB - size)) / spread;
    }
}
