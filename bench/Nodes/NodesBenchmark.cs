using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Casement.Bench.Nodes;

/// <summary>
/// One command to many polling nodes, from the call that sends it until it is answered that all have succeeded, beside the same
/// exchanges (a poll's answer, an acknowledgement, a reply for each node; same clients, same bytes) with bare Kestrel.
/// </summary>
internal static class NodesBenchmark
{
    private const int Most = 10_000;
    private const int Registered = 200;
    private const int Rounds = 3;
    private const double RatioMax = 3;
    private const double SecondsMax = 10;
    private static readonly string[] Tag = [FleetServer.TagValue];
    private static readonly string[] Script = ["uptime"];
    private static readonly int[] Sizes = [100, 1000, Most];

    // a poll is held for 15 s, so that every node asks once in this time
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    public static async Task<IReadOnlyList<Row>> Run()
    {
        List<(int Nodes, Side Casement, Side Bare)> measured = [];
        foreach (var nodes in Sizes)
        {
            var (casement, message) = await OfCasement(nodes, nodes == Most);
            measured.Add((nodes, casement, await OfBare(nodes, nodes == Most, message)));
        }

        return Rows(measured, await PerSecond());
    }

    /// <summary>For a profiler: some commands to so many nodes, and nothing else.</summary>
    public static async Task<int> Commands(int nodes)
    {
        await OfCasement(nodes, whole: false);
        return 0;
    }

    private static List<Row> Rows(List<(int Nodes, Side Casement, Side Bare)> measured, double registrations)
    {
        const string Settings = "durable directory, fsync before each answer; MaxConcurrency 100 %; three exchanges a node; median of 3";
        var (nodes, casement, bare) = measured[^1];
        var (mine, limit) = (casement.Command.TotalSeconds, bare.Command.TotalSeconds);
        var growth = string.Join("; ", measured.Select(m => string.Create(
            CultureInfo.InvariantCulture,
            $"{m.Nodes:#,0} nodes {m.Casement.Command.TotalMilliseconds:#,0} ms ({m.Casement.Command.TotalMicroseconds / m.Nodes:0} µs a node), bare {m.Bare.Command.TotalMilliseconds:#,0} ms")));
        return
        [
            new Row(
                $"one command to {nodes:#,0} polling nodes: delivered, acknowledged, answered, derived", mine, "s", "the same exchanges, bare Kestrel", limit, mine / limit,
                "≤ 3 × the bare exchanges", mine / limit <= RatioMax, $"{Settings}; {growth}"),
            new Row("the same, on two cores", mine, "s", "no peer here", null, null, "≤ 10 s", mine <= SecondsMax, "simulator and server share the cores"),
            new Row(
                "memory of a held poll", casement.PollKiB, "KiB", "bare Kestrel", bare.PollKiB, casement.PollKiB / bare.PollKiB, "stated", null,
                $"resident, {nodes:#,0} polls held, less what the server needed without them"),
            new Row(
                $"processor that {nodes:#,0} polling nodes cost while nothing happens", casement.IdleCore, "% of a core", "bare Kestrel", bare.IdleCore,
                casement.IdleCore / bare.IdleCore, "stated", null, string.Create(CultureInfo.InvariantCulture, $"a poll of each node every 15 s; audit rows in that time: {casement.AuditRows}")),
            new Row(
                "registrations with first role token", registrations, "nodes/s", "no peer here", null, null, "stated", null,
                $"{Registered} nodes, 16 at once; each signs once with RSA 2048, which is the client's cost"),
            new Row(
                "database per node and command", casement.BytesPerNode, "bytes", "no peer here", null, null, "stated", null,
                "invocation, output of 20 bytes, reply, and three audit rows that name call, caller and request"),
        ];
    }

    private static async Task<(Side Measured, byte[] Message)> OfCasement(int nodes, bool whole)
    {
        await using var server = await FleetServer.Start(nodes);
        var before = server.Process.ResidentKiB();
        using var simulator = Simulate(server.Address.ToString(), server.NodeList, nodes);
        await simulator.Hears("polling");
        var side = await Resting(server.Process, before, nodes, whole, server.AuditRows);
        var bytes = server.DatabaseBytes();
        List<TimeSpan> times = [];
        for (var round = 0; round < Rounds; round++)
        {
            times.Add(await Command(server, simulator, nodes));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {nodes:#,0} nodes: {times[^1].TotalMilliseconds:#,0} ms"));
        }

        side = side with { Command = Median(times), BytesPerNode = (server.DatabaseBytes() - bytes) / (double)(Rounds * nodes) };
        await simulator.End();
        return (side, JsonSerializer.SerializeToUtf8Bytes(new
        {
            Destination = "mi-0123456789abcdef0",
            MessagesRequestId = "0",
            Messages = new[]
            {
                new
                {
                    CreatedDate = "2027-01-01T00:00:00.000Z", Destination = "mi-0123456789abcdef0",
                    MessageId = "aws.ssm.01234567-89ab-cdef-0123-456789abcdef.mi-0123456789abcdef0", Payload = server.LastPayload(), PayloadDigest = "",
                    Topic = "aws.ssm.sendCommand.us.east.1.1",
                },
            },
        }));
    }

    private static async Task<TimeSpan> Command(FleetServer server, ChildProcess simulator, int nodes)
    {
        var began = Stopwatch.GetTimestamp();
        var sent = await server.Call("SendCommand", new
        {
            DocumentName = "AWS-RunShellScript",
            Targets = new[] { new { Key = $"tag:{FleetServer.TagKey}", Values = Tag } },
            Parameters = new { commands = Script },
            MaxConcurrency = "100%",
        });
        var id = sent.GetProperty("Command").GetProperty("CommandId").GetString();
        await simulator.Hears("answered");
        var command = (await server.Call("ListCommands", new { CommandId = id })).GetProperty("Commands")[0];
        var took = Stopwatch.GetElapsedTime(began);
        if (command.GetProperty("Status").GetString() != "Success" || command.GetProperty("CompletedCount").GetInt32() != nodes
            || command.GetProperty("TargetCount").GetInt32() != nodes || command.GetProperty("ErrorCount").GetInt32() != 0)
        {
            throw new InvalidOperationException($"All nodes answered, and yet the command is {command}.");
        }

        return took;
    }

    private static async Task<Side> OfBare(int nodes, bool whole, byte[] message)
    {
        var folder = Directory.CreateTempSubdirectory("casement-bench-").FullName;
        try
        {
            var file = Path.Combine(folder, "message");
            var list = Path.Combine(folder, "nodes");
            await File.WriteAllBytesAsync(file, message);
            NodeIdentity.WriteAll(list, Enumerable.Range(0, nodes).Select(i => new NodeIdentity(
                string.Create(CultureInfo.InvariantCulture, $"mi-{i:x17}"), "ASIAQAAAAAAAEXAMPLE0", new string('s', 40), new string('t', 500))));
            using var bare = ChildProcess.Self("bare-nodes", file);
            var port = await bare.Hears("listening");
            var before = bare.ResidentKiB();
            using var simulator = Simulate($"127.0.0.1:{port}", list, nodes);
            await simulator.Hears("polling");
            var side = await Resting(bare, before, nodes, whole, () => 0);
            List<TimeSpan> times = [];
            for (var round = 0; round < Rounds; round++)
            {
                var began = Stopwatch.GetTimestamp();
                await bare.Tell("go");
                await simulator.Hears("answered");
                times.Add(Stopwatch.GetElapsedTime(began));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {nodes:#,0} nodes, bare: {times[^1].TotalMilliseconds:#,0} ms"));
            }

            await simulator.End();
            await bare.End();
            return side with { Command = Median(times) };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ChildProcess Simulate(string server, string list, int nodes) => ChildProcess.Self(
        "simulate-nodes", "--server", server, "--nodes", list, "--say", nodes.ToString(CultureInfo.InvariantCulture), "--heartbeat-seconds", "3600");

    /// <summary>What the polls cost while nothing happens.</summary>
    private static async Task<Side> Resting(ChildProcess server, double beforeKiB, int nodes, bool whole, Func<long> auditRows)
    {
        if (!whole)
        {
            return new Side(0, 0, 0);
        }

        // one round of polls ends before, so that what connecting cost is not in it
        await Task.Delay(Idle);
        var (worked, rows, began) = (server.Worked(), auditRows(), Stopwatch.GetTimestamp());
        await Task.Delay(Idle);
        var share = (server.Worked() - worked) / Stopwatch.GetElapsedTime(began);
        return new Side((server.ResidentKiB() - beforeKiB) / nodes, share * 100, auditRows() - rows);
    }

    private static async Task<double> PerSecond()
    {
        await using var server = await FleetServer.Start(0);
        return Registered / (await Registrations.Measure(server, Registered)).TotalSeconds;
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private sealed record Side(double PollKiB, double IdleCore, long AuditRows)
    {
        public TimeSpan Command { get; init; }

        public double BytesPerNode { get; init; }
    }
}
