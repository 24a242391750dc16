using Casement.Aws;
using Casement.Aws.Signing;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Iam.Actions;
using Casement.Server.Operations;
using Casement.Server.Sts;
using Casement.Storage;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Casement.Server.Tests.Iam;

/// <summary>A server in process: a database of its own, and calls through the path that clients take, without the wire.</summary>
public sealed class IamServer : IDisposable
{
    public const string Account = "111122223333";
    public const string Region = "us-east-2";
    public const string AnyAction = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    public const string TrustSsm =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-iam-");
    private readonly Database _database;
    private readonly ServiceProvider _services;
    private readonly MasterKey _master = MasterKey.Parse(MasterKey.NewFileText())!;
    private readonly IamVersions _versions = new();

    public IamServer(Quotas? quotas = null, string account = Account)
    {
        var settings = new Settings { DataDirectory = _directory.FullName, Account = account, Region = Region, Quotas = quotas ?? Quotas.Open };
        Time = new ManualTimeProvider(Instant.FromUtc(2026, 3, 1, 12, 0).Plus(Duration.FromMilliseconds(345)), TimeProvider.System);
        _database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false));
        var credentials = NewCredentials();
        First = _database.Write(tx => ServerApp.CreateFirstAccount(tx, settings, credentials, Time.GetUtcNow().ToUnixTimeMilliseconds())).GetAwaiter().GetResult();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCasement(settings, new Clock(Time, Time), _database, _master, _versions);
        _services = services.BuildServiceProvider();
        Backstage = _services.GetRequiredService<Backstage>();
        Admin = Principal("admin");
    }

    public ManualTimeProvider Time { get; }

    public Backstage Backstage { get; }

    public FirstStart First { get; }

    public Principal.User Admin { get; }

    /// <summary>Credentials as they would be after a restart: nothing cached.</summary>
    public Credentials NewCredentials() => new(_database, _master, new Sessions(_master), _versions);

    public async Task<TReply> Run<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Source? from = null)
        where TRequest : class
        where TReply : class
    {
        ArgumentNullException.ThrowIfNull(operation);
        by ??= Admin;
        var call = new Call(
            Backstage, operation, new Scope(by.Account, Region), by, from ?? new Source("127.0.0.1", false, "tests", null), TestContext.Current.CancellationToken);
        return (TReply)await Pipeline.Run(call, request);
    }

    /// <summary>The refusal of a call as <c>STATUS Code: text</c>.</summary>
    public async Task<string> Refused<TRequest, TReply>(Operation<TRequest, TReply> operation, TRequest request, Principal? by = null, Source? from = null)
        where TRequest : class
        where TReply : class
    {
        var e = await Assert.ThrowsAsync<AwsException>(() => Run(operation, request, by, from));
        return $"{e.Status} {e.Code}: {e.Message}";
    }

    /// <summary>The user as a signed request of it would be recognised.</summary>
    public Principal.User Principal(string userName, string account = Account) => _database.Read(tx =>
    {
        var row = Users.ByName(tx, new Scope(account, ""), userName)!;
        return new Principal.User(account, row.Id, row.Name, row.Path);
    });

    /// <summary>A new user with inline policies.</summary>
    public async Task<Principal.User> User(string name, params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        await Run(new CreateUser(), new CreateUser.Request { UserName = name });
        for (var i = 0; i < policies.Length; i++)
        {
            await Run(new PutUserPolicy(), new PutUserPolicy.Request { UserName = name, PolicyName = $"p{i}", PolicyDocument = policies[i] });
        }

        return Principal(name);
    }

    /// <summary>A new role, and its ARN.</summary>
    public async Task<string> Role(string name, string trust, params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var made = await Run(new CreateRole(), new CreateRole.Request { RoleName = name, AssumeRolePolicyDocument = trust });
        for (var i = 0; i < policies.Length; i++)
        {
            await Run(new PutRolePolicy(), new PutRolePolicy.Request { RoleName = name, PolicyName = $"p{i}", PolicyDocument = policies[i] });
        }

        return made.Role!.Arn!;
    }

    /// <summary>A new managed policy's ARN.</summary>
    public async Task<string> Policy(string name, string? document = null) =>
        (await Run(new CreatePolicy(), new CreatePolicy.Request { PolicyName = name, PolicyDocument = document ?? AnyAction })).Policy!.Arn!;

    public Task<AssumeRole.Reply> Assume(string roleArn, Principal by, string session = "s1") =>
        Run(new AssumeRole(), new AssumeRole.Request { RoleArn = roleArn, RoleSessionName = session }, by);

    /// <summary>The session that credentials open, whatever their age.</summary>
    public Principal.RoleSession Session(AssumeRole.SessionCredentials? credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        return Backstage.Credentials.Sessions.Open(credentials.SessionToken!, credentials.AccessKeyId!)!.Value.Session;
    }

    /// <summary>What a signed request of these credentials is recognised as, or the code of the refusal.</summary>
    public string Recognised(string keyId, string secret, string? token = null, Credentials? by = null, DateTimeOffset? at = null)
    {
        var now = at ?? Time.GetUtcNow();
        List<KeyValuePair<string, string>> headers =
            [KeyValuePair.Create("Host", "localhost:8470"), KeyValuePair.Create("Content-Type", "application/x-www-form-urlencoded")];
        var bare = new HttpMessage("POST", "/", "", headers, "Action=GetCallerIdentity&Version=2011-06-15"u8.ToArray());
        headers.AddRange(SigV4.Sign(bare, new AwsCredentials(keyId, secret, token), Region, "sts", now));
        Assert.True(SigV4.TryRead(bare, out var claim, out _));
        var (principal, fault) = (by ?? Backstage.Credentials).Identify(bare, claim, now);
        return principal?.Arn ?? fault!.ToException(WireProtocol.Query).Code;
    }

    public static string Allow(string action, string resource = "*") =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";

    public static string Deny(string action, string resource = "*") =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"{{action}}","Resource":"{{resource}}"}]}""";

    /// <summary>A trust policy for AWS principals.</summary>
    public static string Trust(string principal, string actions = "\"sts:AssumeRole\"", string condition = "{}") =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":[{{actions}}],"Condition":{{condition}}}]}""";

    public void Dispose()
    {
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _database.Dispose();
        _directory.Delete(recursive: true);
    }
}
