using System.Diagnostics;
using System.Text.RegularExpressions;
using Casement.Aws.Signing;

namespace Casement.Bench.Start;

/// <summary>
/// The packaged executables: from exec to the first signed answer, memory at rest, the agent's memory and its time to the first
/// poll. Each of ten starts is a process of its own.
/// </summary>
internal static class StartBenchmark
{
    private const int Starts = 10;
    private const double MiB = 1024 * 1024;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly AwsCredentials Anybody = new("AKIAIOSFODNN7EXAMPLE", "secret");

    public static async Task<IReadOnlyList<Row>> Run()
    {
        var package = Package.Current();
        var root = Directory.CreateTempSubdirectory("casement-bench-start-").FullName;
        try
        {
            var data = Path.Combine(root, "data");
            var (fresh, existing) = (new List<double>(), new List<double>());
            for (var start = 0; start < Starts; start++)
            {
                fresh.Add(ReplyMs(() => Server(package, Path.Combine(root, $"new{start}"))));
            }

            using (Server(package, data))
            {
                // makes the directory; the page cache knows the files by now, as for all measured starts
            }

            for (var start = 0; start < Starts; start++)
            {
                existing.Add(ReplyMs(() => Server(package, data)));
            }

            var moto = Moto();
            List<Row> rows =
            [
                StartRow("start to first signed reply, existing data", existing, moto?.Starts),
                StartRow("start to first signed reply, new data directory", fresh, moto?.Starts),
            ];
            using var server = Server(package, data);
            await Task.Delay(Rest);
            rows.AddRange(MemoryRows(server, moto));
            rows.AddRange(await AgentRows(package, server, data, root));
            rows.AddRange(SizeRows(package));
            return rows;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static double ReplyMs(Func<Running> start)
    {
        using var running = start();
        return running.ReplyMs;
    }

    private static Running Server(Package package, string data) =>
        Running.Start(package.Server, port => ["--data", data, "--port", $"{port}"], () => Admin(data));

    private static AwsCredentials Admin(string data)
    {
        var file = File.ReadAllLines(Path.Combine(data, "admin.env")).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        return new AwsCredentials(file["AWS_ACCESS_KEY_ID"], file["AWS_SECRET_ACCESS_KEY"]);
    }

    private sealed record MotoFigures(List<double> Starts, double Resident);

    private static MotoFigures? Moto()
    {
        if (OnPath("moto_server") is not { } moto)
        {
            return null;
        }

        Running Start() => Running.Start(moto, port => ["-H", "127.0.0.1", "-p", $"{port}"], () => Anybody);
        var starts = Enumerable.Range(0, Starts).Select(_ => ReplyMs(Start)).ToList();
        using var running = Start();
        Thread.Sleep(Rest);
        return new MotoFigures(starts, running.Memory().Resident);
    }

    private static Row StartRow(string what, List<double> times, List<double>? moto)
    {
        var (median, peer) = (Median(times), moto is null ? (double?)null : Median(moto));
        return new Row(
            what, median, "ms", peer is null ? "no peer here" : "moto_server", peer, peer / median, "≤ 700 ms, and no slower than moto",
            median <= 700 && (peer is null || median <= peer),
            FormattableString.Invariant($"median of {times.Count}, least {times.Min():0}, most {times.Max():0}; warm page cache; published self-contained, ReadyToRun, durable"));
    }

    private static IEnumerable<Row> MemoryRows(Running server, MotoFigures? moto)
    {
        var (resident, proportional) = server.Memory();
        yield return new Row(
            "idle memory of the server, 10 s after its first reply", resident, "MiB", moto is null ? "no peer here" : "moto_server", moto?.Resident, moto?.Resident / resident,
            "≤ 120 MiB", resident <= 120, FormattableString.Invariant($"resident; proportional {proportional:0.0} MiB"));
    }

    private static async Task<IReadOnlyList<Row>> AgentRows(Package package, Running server, string data, string root)
    {
        var reply = Running.Call(
            server.Port, Admin(data), "ssm", """{"IamRole":"service-role/AmazonEC2RunCommandRoleForManagedInstances","RegistrationLimit":10}""",
            new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", "AmazonSSM.CreateActivation"));
        string[] enrol = ["--activation-id", Member(reply, "ActivationId"), "--code", Member(reply, "ActivationCode")];
        var directory = Path.Combine(root, "node");
        var first = await AgentReady(package, server.Port, directory, enrol, rest: false);
        var times = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            times.Add((await AgentReady(package, server.Port, directory, [], rest: false)).Ms);
        }

        var (_, resident, proportional) = await AgentReady(package, server.Port, directory, [], rest: true);
        var stock = OnPath("amazon-ssm-agent") is null ? "no peer here" : "amazon-ssm-agent is installed; measuring it is not written yet";
        var median = Median(times);
        return
        [
            new Row("the agent, from exec to its first poll", median, "ms", stock, null, null, "≤ 50 ms", median <= 50,
                FormattableString.Invariant($"median of {times.Count}, least {times.Min():0.0}, most {times.Max():0.0}; registered before; a role token signed by the node's key is fetched on the way; the first start of all, with a key to make and a registration, {first.Ms:0} ms")),
            new Row("memory of the agent, 10 s after its first poll", resident, "MiB", stock, null, null, "≤ 20 MiB", resident <= 20,
                FormattableString.Invariant($"resident; proportional {proportional:0.0} MiB")),
        ];
    }

    private static async Task<(double Ms, double Resident, double Proportional)> AgentReady(Package package, int serverPort, string directory, string[] more, bool rest)
    {
        using var proxy = new PollProxy(serverPort);
        var start = new ProcessStartInfo(package.Agent, ["--dir", directory, "--endpoint", $"http://127.0.0.1:{proxy.Port}", .. more]) { RedirectStandardError = true };
        var started = Stopwatch.GetTimestamp();
        using var agent = Process.Start(start)!;
        agent.BeginErrorReadLine();
        try
        {
            var ms = Stopwatch.GetElapsedTime(started, await proxy.Polled).TotalMilliseconds;
            if (!rest)
            {
                return (ms, 0, 0);
            }

            await Task.Delay(Rest);
            var (resident, proportional) = Running.MemoryOf(agent.Id);
            return (ms, resident, proportional);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync();
        }
    }

    private static IEnumerable<Row> SizeRows(Package package)
    {
        yield return Size("the archive", package.SizeOf(package.Archive), "xz and zstd would be smaller; gzip is everywhere");
        yield return Size("unpacked", package.SizeUnpacked, "nearly all of it the server with its runtime");
        yield return Size("casement-agent", package.SizeOf(package.Agent), "native, stripped");
        yield return Size("casement", package.SizeOf(package.Cli), "native, stripped");

        static Row Size(string what, long bytes, string note) => new($"size: {what}", bytes / MiB, "MiB", "", null, null, "", null, note);
    }

    private static double Median(List<double> times)
    {
        var sorted = times.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Member(string reply, string name) => MemberPattern(name).Match(reply).Groups[1].Value;

    private static Regex MemberPattern(string name) => new($"\"{name}\":\"([^\"]+)\"");
}
