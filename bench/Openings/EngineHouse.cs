using System.Globalization;
using System.Security.Cryptography;
using Casement.Server;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Casement.Bench.Openings;

/// <summary>The engine as the server puts it together, on a directory of its own that goes with it.</summary>
internal sealed class EngineHouse : IAsyncDisposable
{
    private const string Account = "123456789012";
    private const string Role = $"arn:aws:iam::{Account}:role/nobody";
    private const int SeededAtOnce = 5_000;
    public const int WarmUp = 2_000;
    private static readonly Scope _scope = new(Account, "us-east-1");
    private static readonly TimeSpan _ahead = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(2);

    private readonly Settings _settings;
    private readonly DataDirectory _data;
    private readonly MasterKey _master;
    private readonly Database _database;
    private WebApplication? _app;

    private EngineHouse(Settings settings)
    {
        _settings = settings;
        _data = DataDirectory.Open(settings);
        _master = _data.ReadMasterKey(settings);
        _database = Database.Open(new DatabaseOptions(_data.DatabaseFile));
    }

    public static async Task<EngineHouse> Start()
    {
        var root = Path.Combine(Environment.GetEnvironmentVariable("CASEMENT_ROOT")!, "artifacts", "bench");
        var folder = Path.Combine(root, "openings-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        Directory.CreateDirectory(root);
        var house = new EngineHouse(new Settings { DataDirectory = folder, Port = 0, Account = Account });
        var credentials = new Credentials(house._database, house._master, new Sessions(house._master), new IamVersions());
        await house._data.Prepare(house._database, tx => ServerApp.CreateFirstAccount(tx, house._settings, credentials, Now()));
        return house;
    }

    /// <exception cref="InvalidOperationException">Not every due window has exactly one execution.</exception>
    public async Task<OpeningRun> Measure(int armed, int due, WindowKind kind)
    {
        var emptyFile = FileBytes();
        var emptyHeap = GC.GetTotalMemory(forceFullCollection: true);
        await Seed(armed - due, DateTimeOffset.UtcNow.AddDays(1), kind);
        var heap = Math.Max(0, GC.GetTotalMemory(forceFullCollection: true) - emptyHeap);
        var file = FileBytes() - emptyFile;

        await StartEngine();
        using var watcher = Database.Open(new DatabaseOptions(_data.DatabaseFile));

        // a server that runs has opened windows before
        await Arm(WarmUp, kind, watcher);
        return await Arm(due, kind, watcher) with { BytesPerWindow = heap / (double)armed, FileBytesPerWindow = file / (double)(armed - due) };
    }

    private async Task<OpeningRun> Arm(int due, WindowKind kind, Database watcher)
    {
        var before = watcher.Read(tx => tx.Count("SELECT max(rowid) FROM executions"));
        var instant = DateTimeOffset.FromUnixTimeSeconds((DateTimeOffset.UtcNow + _ahead).ToUnixTimeSeconds());
        await Seed(due, instant, kind);
        _app!.Services.GetRequiredService<Bells>().ClockChanged();
        return DateTimeOffset.UtcNow < instant.AddSeconds(-0.5)
            ? Watch(watcher, before, due, instant)
            : throw new InvalidOperationException("Seeding took too long.");
    }

    private static OpeningRun Watch(Database watcher, long before, int due, DateTimeOffset instant)
    {
        var (first, half, last) = (0.0, 0.0, 0.0);
        while (last == 0)
        {
            // rows are only added meanwhile, and numbered
            var seen = watcher.Read(tx => tx.Count("SELECT max(rowid) FROM executions")) - before;
            var at = (DateTimeOffset.UtcNow - instant).TotalMilliseconds;
            first = first == 0 && seen > 0 ? at : first;
            half = half == 0 && seen >= due / 2 ? at : half;
            last = seen >= due ? at : 0;
            Await(at, 1);
        }

        while (watcher.Read(tx => tx.Count("SELECT count(*) FROM executions WHERE final=0")) > 0)
        {
            Await((DateTimeOffset.UtcNow - instant).TotalMilliseconds, 20);
        }

        var decided = (DateTimeOffset.UtcNow - instant).TotalMilliseconds;
        var windows = watcher.Read(tx => tx.Count("SELECT count(DISTINCT window_id) FROM executions WHERE occurrence_ms=$1", instant.ToUnixTimeMilliseconds()));
        var rows = watcher.Read(tx => tx.Count("SELECT count(*) FROM executions")) - before;
        return windows == due && rows == due
            ? new OpeningRun(first, half, last, decided)
            : throw new InvalidOperationException($"{rows} executions of {windows} windows, {due} were due.");
    }

    private static void Await(double milliseconds, int pause)
    {
        if (milliseconds > _longest.TotalMilliseconds)
        {
            throw new InvalidOperationException("The due windows do not get done.");
        }

        Thread.Sleep(pause);
    }

    private async Task StartEngine()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddCasement(
            _settings, new Clock(TimeProvider.System, TimeProvider.System), _database, _master, new IamVersions());
        builder.AddCasementEngine();
        _app = builder.Build();
        _app.MapCasement();
        await _app.StartAsync();

        // the first second is the silo's
        await Task.Delay(1_000);
    }

    private async Task Seed(int count, DateTimeOffset opening, WindowKind kind)
    {
        var now = Now();
        var definition = new WindowDefinition
        {
            Schedule = string.Create(CultureInfo.InvariantCulture, $"cron({opening.Second} {opening.Minute} {opening.Hour} * * ? *)"),
            Duration = 3,
            Cutoff = 1,
            AllowUnassociatedTargets = false,
        };
        for (var left = count; left > 0; left -= SeededAtOnce)
        {
            await _database.Write(tx =>
            {
                for (var i = Math.Min(left, SeededAtOnce); i > 0; i--)
                {
                    Seed(tx, definition, opening.ToUnixTimeMilliseconds(), now, kind);
                }
            });
        }
    }

    private static void Seed(Tx tx, WindowDefinition definition, long opening, long now, WindowKind kind)
    {
        var id = "mw-" + RandomNumberGenerator.GetHexString(17, lowercase: true);
        Storage.Windows.Insert(tx, _scope, new WindowRow(id, "seeded", true, opening, definition, now, now, now));
        if (kind == WindowKind.Bare)
        {
            return;
        }

        var target = Guid.NewGuid().ToString();
        WindowTargets.Insert(tx, _scope, new WindowTargetRow(id, target, new TargetDefinition
        {
            ResourceType = "INSTANCE",
            Targets = [new TargetSelector("InstanceIds", ["mi-0123456789abcdef0"])],
        }));
        WindowTasks.Insert(tx, _scope, new WindowTaskRow(id, Guid.NewGuid().ToString(), new TaskDefinition
        {
            TaskType = "RUN_COMMAND",
            TaskArn = "AWS-RunShellScript",
            ServiceRoleArn = Role,
            Targets = [new TargetSelector("WindowTargetIds", [target])],
            Priority = 1,
            MaxConcurrency = "1",
            MaxErrors = "1",
        }));
    }

    private long FileBytes() => _database.Read(tx => tx.Count("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"));

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _database.Dispose();
        _data.Dispose();
        Directory.Delete(_data.Root, recursive: true);
    }
}
