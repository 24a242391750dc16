using System.Security.Cryptography;
using Casement.Aws;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using Casement.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Casement.Server.Tests.Nodes;

/// <summary>A server in process with a clock that stands still; nodes call it on the path that real ones take, without the wire.</summary>
public sealed class NodeServer : IDisposable
{
    public const string Account = "111122223333";
    public const string Region = "eu-west-1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-nodes-");
    private readonly ServiceProvider _services;

    public NodeServer(Func<CommitFault?>? faults = null)
    {
        var settings = new Settings { DataDirectory = _directory.FullName, Account = Account, Region = Region };
        Time = new ManualTimeProvider(Instant.FromUtc(2026, 3, 1, 12, 0), TimeProvider.System);
        Database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false) { Faults = faults });
        var master = MasterKey.Parse(MasterKey.NewFileText())!;
        var versions = new IamVersions();
        var credentials = new Credentials(Database, master, new Sessions(master), versions);
        Database.Write(tx => ServerApp.CreateFirstAccount(tx, settings, credentials, Time.GetUtcNow().ToUnixTimeMilliseconds())).GetAwaiter().GetResult();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCasement(settings, new Clock(Time, TimeProvider.System), Database, master, versions);
        _services = services.BuildServiceProvider();
        Backstage = _services.GetRequiredService<Backstage>();
        Deadlines = new CommandClock(Backstage, NullLogger<CommandClock>.Instance);
        Admin = Database.Read(tx => Users.ByName(tx, new Scope(Account, ""), "admin")) is { } row
            ? new Principal.User(Account, row.Id, row.Name, row.Path)
            : throw new InvalidOperationException("No admin.");
    }

    public ManualTimeProvider Time { get; }

    public Database Database { get; }

    public Backstage Backstage { get; }

    public CommandClock Deadlines { get; }

    public Principal.User Admin { get; }

    public Scope Scope { get; } = new(Account, Region);

    public async Task<TReply> Run<TRequest, TReply>(
        Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Scope? scope = null, string? invocationId = null,
        CancellationToken? aborted = null, string? ip = null)
        where TRequest : class
        where TReply : class
    {
        var call = new Call(
            Backstage, operation, scope ?? Scope, by ?? Admin, new Source(ip, false, "tests", null), aborted ?? TestContext.Current.CancellationToken)
        {
            InvocationId = invocationId,
        };
        return (TReply)await Pipeline.Run(call, request);
    }

    /// <summary>The code of the refusal.</summary>
    public async Task<AwsException> Refused<TRequest, TReply>(
        Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Scope? scope = null, string? ip = null)
        where TRequest : class
        where TReply : class => await Assert.ThrowsAsync<AwsException>(() => Run(operation, request, by, scope, ip: ip));

    /// <summary>Moves the clock and lets what is due happen.</summary>
    public async Task Pass(TimeSpan time)
    {
        Time.MoveTo(Time.GetUtcNow() + time);
        await Deadlines.Sweep();
    }

    public Task<CreateActivation.Reply> Activation(int limit = 1000, params Tag[] tags) => Run(new CreateActivation(), new CreateActivation.Request
    {
        IamRole = FirstRoles.NodeRole,
        RegistrationLimit = limit,
        DefaultInstanceName = "machine",
        Tags = tags,
    });

    public async Task<TestNode> Node(params Tag[] tags) => await Node(await Activation(1, tags));

    public async Task<TestNode> Node(CreateActivation.Reply activation)
    {
        var key = RSA.Create(2048);
        var reply = await Register(activation.ActivationId!, activation.ActivationCode!, key);
        return new TestNode(this, reply.InstanceId!, key, await Session(reply.InstanceId!));
    }

    public Task<RegisterManagedInstance.Reply> Register(string id, string code, RSA key, string? ip = null) =>
        Run(new RegisterManagedInstance(), Registration(id, code, key), new Principal.Anonymous(), new Scope("", ""), ip: ip);

    public static RegisterManagedInstance.Request Registration(string id, string code, RSA key) => new()
    {
        ActivationId = id,
        ActivationCode = code,
        PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
        PublicKeyType = "Rsa",
        Fingerprint = "f1",
    };

    /// <summary>The session that the node's role token opens.</summary>
    public async Task<Principal.RoleSession> Session(string nodeId)
    {
        var token = await Run(new RequestManagedInstanceRoleToken(), new RequestManagedInstanceRoleToken.Request(), new Principal.NodeKey(Account, Region, nodeId));
        return Backstage.Credentials.Sessions.Open(token.SessionToken!, token.AccessKeyId!)!.Value.Session;
    }

    public async Task<Command> Send(params TestNode[] nodes) => (await Run(new SendCommand(), Order([.. nodes.Select(n => n.Id)]))).Command!;

    public static SendCommand.Request Order(IReadOnlyList<string> ids, string? maxConcurrency = null, string? maxErrors = null) => new()
    {
        InstanceIds = ids,
        DocumentName = "AWS-RunShellScript",
        Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["echo hi"] },
        MaxConcurrency = maxConcurrency,
        MaxErrors = maxErrors,
    };

    public async Task<Command> Command(string commandId) =>
        Assert.Single((await Run(new ListCommands(), new ListCommands.Request { CommandId = commandId })).Commands!);

    public Task<GetCommandInvocation.Reply> Invocation(string commandId, TestNode node) =>
        Run(new GetCommandInvocation(), new GetCommandInvocation.Request { CommandId = commandId, InstanceId = node.Id });

    public void Dispose()
    {
        Deadlines.Dispose();
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Database.Dispose();
        _directory.Delete(recursive: true);
    }
}
