using System.Text;
using Casement.Aws;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Casement.Server.Tests.Windows;

/// <summary>A server in process, with shorthand for what most tests of windows begin with.</summary>
public sealed class WindowServer : IDisposable
{
    public const string Account = "123456789012";
    public const string Role = "arn:aws:iam::123456789012:role/maintenance";
    public const string ServiceLinkedRole = "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM";
    public const string NoWindow = "mw-00000000000000000";
    public const string NoId = "00000000-0000-4000-8000-000000000000";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-windows-");
    private readonly ServiceProvider _services;
    private readonly IamVersions _versions = new();
    private int _users;

    public WindowServer(Quotas? quotas = null, Func<CommitFault?>? faults = null)
    {
        var settings = new Settings { DataDirectory = _directory.FullName, Account = Account, Quotas = quotas ?? Quotas.Open };
        Database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false) { Faults = faults });
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCasement(settings, new Clock(Time, Real), Database, MasterKey.Parse(MasterKey.NewFileText())!, _versions);
        _services = services.BuildServiceProvider();
        Backstage = _services.GetRequiredService<Backstage>();
        Database.Write(tx => Accounts.Insert(tx, Account, "{}", 0)).GetAwaiter().GetResult();
        Backstage.Bells.OnClock(_ => ClockBells++);
        Backstage.Bells.OnExecution((_, id) => ExecutionBells.Add(id));
    }

    /// <summary>The product's clock: a Monday.</summary>
    public ManualTimeProvider Time { get; } = new(Instant.FromUtc(2026, 3, 2, 10, 0) + NodaTime.Duration.FromMilliseconds(137), TimeProvider.System);

    public ManualTimeProvider Real { get; } = new(Instant.FromUtc(2026, 3, 2, 10, 0), TimeProvider.System);

    public Database Database { get; }

    public Backstage Backstage { get; }

    public Scope Scope { get; } = new(Account, "us-east-1");

    public int ClockBells { get; private set; }

    public List<string> ExecutionBells { get; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> LastHeaders { get; private set; } = [];

    public async Task<TReply> Run<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Scope? scope = null)
        where TRequest : class
        where TReply : class
    {
        var call = new Call(
            Backstage, operation, scope ?? Scope, by ?? new Principal.Root((scope ?? Scope).Account), new Source("127.0.0.1", false, null, null),
            CancellationToken.None);
        var reply = (TReply)await Pipeline.Run(call, request);
        LastHeaders = call.Headers;
        return reply;
    }

    public async Task<AwsException> Refused<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, string code, Principal? by = null)
        where TRequest : class
        where TReply : class
    {
        var refusal = await Assert.ThrowsAsync<AwsException>(() => Run(operation, request, by));
        Assert.Equal(code, refusal.Code);
        return refusal;
    }

    /// <summary>A user whose inline policy allows the actions on everything.</summary>
    public Task<Principal.User> UserWhoMay(params string[] actions) =>
        UserWith($$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["{{string.Join("\",\"", actions)}}"],"Resource":"*"}]}""");

    public async Task<Principal.User> UserWith(string policy)
    {
        var name = $"user{++_users}";
        var user = new UserRow(Ids.Entity("AIDA"), name, "/", null, 0);
        await Database.Write(tx =>
        {
            Users.Insert(tx, Scope.Global, user);
            InlinePolicies.Put(tx, user.Id, "own", policy);
            _versions.Touch(tx, Scope.Global);
        });
        return new Principal.User(Account, user.Id, name, "/");
    }

    public async Task<string> Window(string name = "Patching", bool unassociated = false, string schedule = "cron(0 2 ? * SUN *)", IReadOnlyList<Tag>? tags = null) =>
        (await Run(new CreateMaintenanceWindow(), Definition(name, unassociated, schedule) with { Tags = tags })).WindowId!;

    public static CreateMaintenanceWindow.Request Definition(string name = "Patching", bool unassociated = false, string schedule = "cron(0 2 ? * SUN *)") => new()
    {
        Name = name, Schedule = schedule, Duration = 3, Cutoff = 1, AllowUnassociatedTargets = unassociated,
    };

    public async Task<string> Target(string windowId, params Target[] targets) =>
        (await Run(new RegisterTargetWithMaintenanceWindow(), new() { WindowId = windowId, ResourceType = "INSTANCE", Targets = targets })).WindowTargetId!;

    public static Target By(string key, params string[] values) => new() { Key = key, Values = values };

    /// <summary>A RUN_COMMAND task on nodes, as the custom role.</summary>
    public static RegisterTaskWithMaintenanceWindow.Request Task(string windowId, params Target[] targets) => new()
    {
        WindowId = windowId,
        TaskArn = "AWS-RunShellScript",
        TaskType = "RUN_COMMAND",
        ServiceRoleArn = Role,
        Targets = targets,
        MaxConcurrency = targets.Length == 0 ? null : "2",
        MaxErrors = targets.Length == 0 ? null : "1",
    };

    public async Task<string> Register(RegisterTaskWithMaintenanceWindow.Request task, Principal? by = null) =>
        (await Run(new RegisterTaskWithMaintenanceWindow(), task, by)).WindowTaskId!;

    public Task<GetMaintenanceWindowTask.Reply> Read(string windowId, string taskId) =>
        Run(new GetMaintenanceWindowTask(), new() { WindowId = windowId, WindowTaskId = taskId });

    /// <summary>What a reply or request is on the wire.</summary>
    public static string Wire(object value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        Casement.Aws.Wire.JsonWire.Write(buffer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public void Dispose()
    {
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Database.Dispose();
        _directory.Delete(recursive: true);
    }
}
