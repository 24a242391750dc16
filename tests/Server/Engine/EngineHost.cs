using System.Collections.Concurrent;
using System.Security.Cryptography;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>A row of a window's history.</summary>
/// <param name="At">The scheduled instant.</param>
/// <param name="Opened">Whether it really opened, and is no row that only says why not.</param>
internal sealed record HistoryRow(string ExecutionId, Instant At, bool Opened, string Status, string? Details, Instant StartedAt);

/// <summary>
/// The engine in process on a clock of the test's: the real clocks, sweeps, operations and database. It can be stopped and started
/// again on the same data.
/// </summary>
internal sealed class EngineHost : IDisposable
{
    public const string Account = "111122223333";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-engine-");
    private readonly MasterKey _master = MasterKey.Parse(MasterKey.NewFileText())!;
    private readonly TimeProvider _product;
    private readonly Settings _settings;
    private ServiceProvider _services = null!;

    public EngineHost(TimeProvider product)
    {
        _product = product;
        _settings = new Settings { DataDirectory = _directory.FullName, Account = Account, Region = "eu-west-1" };
        Boot();
    }

    public Scope Scope { get; } = new(Account, "eu-west-1");

    /// <summary>The clock, where the test may set it.</summary>
    public SteppedTimeProvider Time => (SteppedTimeProvider)_product;

    public Database Database { get; private set; } = null!;

    public Backstage Backstage { get; private set; } = null!;

    public WindowClock Windows { get; private set; } = null!;

    public CommandClock Commands { get; private set; } = null!;

    public LocalExecutionBells Bells { get; private set; } = null!;

    public RetentionSweep Retention { get; private set; } = null!;

    public static EngineHost Stepped() => new(new SteppedTimeProvider(Instant.FromUtc(2026, 3, 2, 10, 0)));

    /// <summary>A new process on the same data, which remembers nothing but what is there.</summary>
    public void Restart()
    {
        Shut();
        Boot();
    }

    public async Task<TReply> Run<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Scope? scope = null)
        where TRequest : class
        where TReply : class
    {
        var call = new Call(
            Backstage, operation, scope ?? Scope, by ?? new Principal.Root(Account), new Source("127.0.0.1", false, null, null), TestContext.Current.CancellationToken);
        return (TReply)await Pipeline.Run(call, request);
    }

    public async Task<string> Window(string schedule, string? zone = null, int duration = 2, int cutoff = 1, Func<CreateMaintenanceWindow.Request, CreateMaintenanceWindow.Request>? with = null)
    {
        var request = new CreateMaintenanceWindow.Request
        {
            Name = "window", Schedule = schedule, ScheduleTimezone = zone, Duration = duration, Cutoff = cutoff, AllowUnassociatedTargets = true,
        };
        return (await Run(new CreateMaintenanceWindow(), with?.Invoke(request) ?? request)).WindowId!;
    }

    /// <summary>A task of the window that runs something on a node, for at most so long.</summary>
    public Task Task(string window, string nodeId, string executionTimeout = "7200") => Run(new RegisterTaskWithMaintenanceWindow(), new()
    {
        WindowId = window,
        TaskArn = "AWS-RunShellScript",
        TaskType = "RUN_COMMAND",
        Targets = [new Target { Key = "InstanceIds", Values = [nodeId] }],
        MaxConcurrency = "1",
        MaxErrors = "0",
        TaskInvocationParameters = new()
        {
            RunCommand = new()
            {
                Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["true"], ["executionTimeout"] = [executionTimeout] },
            },
        },
    });

    public async Task<Machine> Machine()
    {
        var activation = await Run(new CreateActivation(), new() { IamRole = FirstRoles.NodeRole, RegistrationLimit = 1 });
        using var key = RSA.Create(2048);
        var id = (await Register(activation, key)).InstanceId!;
        var token = await Run(new RequestManagedInstanceRoleToken(), new(), new Principal.NodeKey(Account, Scope.Region, id));
        return new Machine(this, id, Backstage.Credentials.Sessions.Open(token.SessionToken!, token.AccessKeyId!)!.Value.Session);
    }

    public Task<RegisterManagedInstance.Reply> Register(CreateActivation.Reply activation, RSA key) => Run(
        new RegisterManagedInstance(),
        new RegisterManagedInstance.Request
        {
            ActivationId = activation.ActivationId,
            ActivationCode = activation.ActivationCode,
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            PublicKeyType = "Rsa",
        },
        new Principal.Anonymous(), new Scope("", ""));

    public async Task<string> Send(Machine machine, int timeoutSeconds = 3600, string executionTimeout = "7200") => (await Run(new SendCommand(), new SendCommand.Request
    {
        InstanceIds = [machine.Id],
        DocumentName = "AWS-RunShellScript",
        TimeoutSeconds = timeoutSeconds,
        Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["true"], ["executionTimeout"] = [executionTimeout] },
    })).Command!.CommandId!;

    /// <summary>What both clocks do when they look, until nothing that is due is left undone.</summary>
    public async Task Look()
    {
        await Windows.Sweep();
        await Commands.Sweep();
        await Windows.Sweep();
        await Bells.Settled();
    }

    /// <summary>Lets time pass with the clock going right; looks at every instant at which something is due.</summary>
    public async Task Pass(Duration time)
    {
        var end = Time.Now + time;
        await Look();
        while (Time.Now < end)
        {
            var now = Time.Now.ToUnixTimeMilliseconds();
            var next = Database.Read(tx => new[]
            {
                Storage.Windows.NextOpening(tx), Storage.Executions.NextWake(tx), CommandInvocations.EarliestDeadline(tx),
            }).Where(ms => ms > now).Select(ms => Instant.FromUnixTimeMilliseconds(ms!.Value)).Append(end).Min();
            Time.Run((next < end ? next : end) - Time.Now);
            await Look();
        }
    }

    public List<HistoryRow> History(string window) => Database.Read(tx => tx.All(
        "SELECT execution_id, occurrence_ms, status, details, start_ms FROM executions WHERE window_id=$1 ORDER BY occurrence_ms",
        r => (Id: r.Text(0), At: At(r.Long(1)), Status: r.Text(2), Details: r.TextOrNull(3), Start: At(r.Long(4))), window)
        .ConvertAll(r => new HistoryRow(r.Id, r.At, !Storage.Executions.Load(tx, r.Id)!.Snapshot.IsNotOpened, r.Status, r.Details, r.Start)));

    public List<Instant> Opened(string window) => [.. History(window).Where(r => r.Opened).Select(r => r.At)];

    public WindowRow Stored(string window) => Database.Read(tx => Storage.Windows.Find(tx, Scope, window))!;

    public Instant? Next(string window) => Stored(window).NextMs is { } ms ? At(ms) : null;

    public long Corrections => Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE action='casement:CorrectClock'"));

    public void Dispose()
    {
        Shut();
        _directory.Delete(recursive: true);
    }

    private void Boot()
    {
        var clock = new Clock(_product, _product);
        Database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false));
        var versions = new IamVersions();
        if (Database.Read(Accounts.First) is null)
        {
            var credentials = new Credentials(Database, _master, new Sessions(_master), versions);
            Database.Write(tx => ServerApp.CreateFirstAccount(tx, _settings, credentials, clock.NowMs)).GetAwaiter().GetResult();
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCasement(_settings, clock, Database, _master, versions);
        _services = services.BuildServiceProvider();
        Backstage = _services.GetRequiredService<Backstage>();
        Bells = new LocalExecutionBells(Backstage);
        Backstage.Bells.OnExecution((_, id) => Bells.Ring(id));
        Commands = new CommandClock(Backstage, NullLogger<CommandClock>.Instance);
        Windows = new WindowClock(Backstage, Bells, Commands, NullLogger<WindowClock>.Instance);
        Retention = new RetentionSweep(Backstage, _settings, NullLogger<RetentionSweep>.Instance);
        Backstage.Stepper.Attach(Windows, Commands);
    }

    private void Shut()
    {
        Bells.Settled().GetAwaiter().GetResult();
        Windows.Dispose();
        Commands.Dispose();
        Retention.Dispose();
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Database.Dispose();
    }

    private static Instant At(long ms) => Instant.FromUnixTimeMilliseconds(ms);
}

/// <summary>Decides in this process. An execution of a window that is held stays as it is, as if its work took long.</summary>
internal sealed class LocalExecutionBells(Backstage backstage) : ExecutionBells
{
    private readonly ConcurrentQueue<Task> _underWay = new();

    public HashSet<string> HeldWindows { get; } = new(StringComparer.Ordinal);

    /// <summary>Thrown by the next decision.</summary>
    public Exception? Fault { get; set; }

    public TaskCompletionSource Rung { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task Decide(string executionId)
    {
        if (Fault is { } fault)
        {
            Fault = null;
            return Task.FromException(fault);
        }

        var work = Work(executionId);
        _underWay.Enqueue(work);
        return work;
    }

    public async Task Settled()
    {
        while (_underWay.TryDequeue(out var work))
        {
            await work;
        }
    }

    private async Task Work(string executionId)
    {
        var window = backstage.Database.Read(tx => tx.One("SELECT window_id FROM executions WHERE execution_id=$1", r => r.Text(0), executionId));
        if (window is null || !HeldWindows.Contains(window))
        {
            await new ExecutionRunner(backstage).Advance(executionId);
        }

        Rung.TrySetResult();
    }
}
