using System.Globalization;
using System.Security.Cryptography;
using Casement.Storage;
using Quartz;

namespace Casement.Bench.Openings;

/// <summary>Quartz.NET's scheduler in memory, tuned; each job writes one durable row through Casement's writer.</summary>
internal static class QuartzPeer
{
    private const int Threads = 256;
    private const double LongestMs = 60_000;
    private static Database? _database;
    private static int _failed;

    public static async Task<(double FirstMs, double LastMs, double BytesPerWindow)> Measure(int armed, int due)
    {
        var runs = new List<(double FirstMs, double LastMs, double BytesPerWindow)>();
        for (var i = 0; i < 3; i++)
        {
            runs.Add(await Once(armed, due));
        }

        return runs.OrderBy(r => r.LastMs).ElementAt(1);
    }

    private static async Task<(double FirstMs, double LastMs, double BytesPerWindow)> Once(int armed, int due)
    {
        var folder = Path.Combine(
            Environment.GetEnvironmentVariable("CASEMENT_ROOT")!, "artifacts", "bench", "quartz-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        Directory.CreateDirectory(folder);
        using var database = Database.Open(new DatabaseOptions(Path.Combine(folder, "quartz.db")));
        _database = database;
        await database.Write(tx => tx.Execute("CREATE TABLE fired(job TEXT NOT NULL UNIQUE, at_ms INTEGER NOT NULL)"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var scheduler = await QuartzSchedulerBuilder.Create(b =>
        {
            b.UseInMemoryStore(_ => { });
            b.UseDefaultThreadPool(Threads);
            b.ConfigureScheduler(o => o.MaxBatchSize = Threads);
        }).BuildScheduler();
        await Schedule(scheduler, armed - due, DateTimeOffset.UtcNow.AddDays(1), "later");
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(armed - due);
        await scheduler.Start();
        await Task.Delay(1_000);
        await Due(scheduler, database, EngineHouse.WarmUp, 0);
        var (first, last) = await Due(scheduler, database, due, EngineHouse.WarmUp);
        await scheduler.Shutdown();
        Directory.Delete(folder, recursive: true);
        return (first, last, bytes);
    }

    private static async Task<(double FirstMs, double LastMs)> Due(IScheduler scheduler, Database database, int due, int before)
    {
        var instant = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddSeconds(4).ToUnixTimeSeconds());
        await Schedule(scheduler, due, instant, before == 0 ? "first" : "due");
        return DateTimeOffset.UtcNow < instant.AddSeconds(-0.5)
            ? Watch(database, before, due, instant)
            : throw new InvalidOperationException("Scheduling took too long.");
    }

    private static (double FirstMs, double LastMs) Watch(Database database, int before, int due, DateTimeOffset instant)
    {
        var (first, last) = (0.0, 0.0);
        while (last == 0)
        {
            var seen = database.Read(tx => tx.Count("SELECT max(rowid) FROM fired")) - before;
            var at = (DateTimeOffset.UtcNow - instant).TotalMilliseconds;
            first = first == 0 && seen > 0 ? at : first;
            last = seen >= due ? at : 0;
            if (at > LongestMs || _failed > 0)
            {
                throw new InvalidOperationException($"Quartz.NET fired {seen} of {due}, {_failed} failed.");
            }

            Thread.Sleep(1);
        }

        return (first, last);
    }

    private static async Task Schedule(IScheduler scheduler, int count, DateTimeOffset at, string group)
    {
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"job-{i}");
            await scheduler.ScheduleJob(
                JobBuilder.Create<WriteRow>().WithIdentity(name, group).Build(),
                TriggerBuilder.Create().WithIdentity(name, group).StartAt(at).Build());
        }
    }

    public sealed class WriteRow : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await _database!.Write(tx => tx.Execute(
                    "INSERT INTO fired(job, at_ms) VALUES($1,$2)", context.JobDetail.Key.ToString(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            }
            catch (StorageException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }
}
