using System.Text.Json;
using Casement.Aws;
using Casement.Server.Iam;
using Casement.Server.Iam.Actions;
using Casement.Server.Operations;
using Casement.Server.Sts;

namespace Casement.Server.Tests.Iam;

/// <summary>
/// The acceptance scenarios, their users, roles and policies made by IAM calls, their questions asked through the path of every
/// call. Operations of IAM and STS are called themselves; other actions are asked by <see cref="Question"/>.
/// </summary>
public sealed class ScenarioTests : IDisposable
{
    private static readonly JsonDocument Data = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "iam-scenarios.json")));
    private static readonly string[] NotExpressible = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "iam-scenarios-not-asked.txt"));

    private readonly IamServer _server = new();

    public static TheoryData<string> Ids => [.. All.Select(s => s.GetProperty("id").GetString()!).Where(id => !IsListed(id))];

    private static IEnumerable<JsonElement> All => Data.RootElement.GetProperty("scenarios").EnumerateArray();

    public void Dispose() => _server.Dispose();

    [Fact]
    public void The_list_of_scenarios_that_cannot_be_asked_is_exact()
    {
        // an MFA session, and policies of topics, which this server does not have yet
        var cannot = All.Where(s => s.TryGetProperty("resourcePolicy", out _)
            || s.GetProperty("checks").EnumerateArray().Any(c => c.GetProperty("context").TryGetProperty("aws:MultiFactorAuthPresent", out var mfa) && mfa.GetString() == "true"));
        Assert.Equal(NotExpressible.Select(line => line.Split(' ')[0]), cannot.Select(s => s.GetProperty("id").GetString()!));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_scenario_made_by_IAM_calls_ends_as_AWS_ends_it(string id)
    {
        var scenario = All.Single(s => s.GetProperty("id").GetString() == id);
        var caller = await Caller(scenario);
        var refusal = (AwsException?)null;
        foreach (var check in scenario.GetProperty("checks").EnumerateArray())
        {
            refusal ??= await Ask(scenario, check, caller);
        }

        Assert.Equal(scenario.GetProperty("expect").GetString() == "allowed", refusal is null);
        if (refusal is not null && scenario.GetProperty("error") is { ValueKind: JsonValueKind.Object } error && error.TryGetProperty("message", out var message))
        {
            // the scenarios quote the older wording; today a managed policy that denies is named, and boundaries are managed
            var named = message.GetString()!.EndsWith("explicit deny in a permissions boundary", StringComparison.Ordinal)
                ? ": arn:aws:iam::111122223333:policy/boundary"
                : "";
            Assert.Equal(
                $"{error.GetProperty("http").GetInt32()} {error.GetProperty("code").GetString()}: {message.GetString()}{named}",
                $"{refusal.Status} {refusal.Code}: {refusal.Message}");
        }
    }

    private static bool IsListed(string id) => NotExpressible.Any(line => line.Split(' ')[0] == id);

    private static string Document(string name) => Data.RootElement.GetProperty("policies").GetProperty(name).GetRawText();

    private async Task<Principal?> Caller(JsonElement scenario)
    {
        var arn = scenario.GetProperty("principal").GetString()!;
        if (!arn.StartsWith("arn:", StringComparison.Ordinal))
        {
            return null;
        }

        if (arn.EndsWith(":root", StringComparison.Ordinal))
        {
            return new Principal.Root(IamServer.Account);
        }

        var parts = arn.Split('/');
        var policies = scenario.GetProperty("policies").EnumerateArray().Select(p => p.GetString()!).ToList();
        return arn.Contains(":user/", StringComparison.Ordinal)
            ? await User(parts[1], policies, scenario)
            : await Session(parts[1], parts[2], policies, scenario);
    }

    private async Task<Principal> User(string name, List<string> policies, JsonElement scenario)
    {
        if (name == "admin")
        {
            return _server.Admin;
        }

        await _server.User(name);
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "team" });
        await _server.Run(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "team", UserName = name });
        foreach (var policy in policies)
        {
            if (await Published(policy) is { } arn)
            {
                await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = name, PolicyArn = arn });
            }
            else
            {
                await _server.Run(new PutGroupPolicy(), new PutGroupPolicy.Request { GroupName = "team", PolicyName = policy, PolicyDocument = Document(policy) });
            }
        }

        if (scenario.TryGetProperty("boundary", out var boundary))
        {
            var arn = await Published(boundary.GetString()!) ?? await _server.Policy("boundary", Document(boundary.GetString()!));
            await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = name, PermissionsBoundary = arn });
        }

        return _server.Principal(name);
    }

    private async Task<Principal> Session(string role, string session, List<string> policies, JsonElement scenario)
    {
        var arn = await _server.Role(role, IamServer.Trust(_server.Admin.Arn));
        foreach (var policy in policies)
        {
            var managed = await Published(policy) ?? await _server.Policy(policy, Document(policy));
            await _server.Run(new AttachRolePolicy(), new AttachRolePolicy.Request { RoleName = role, PolicyArn = managed });
        }

        var request = new AssumeRole.Request { RoleArn = arn, RoleSessionName = session };
        if (scenario.TryGetProperty("session", out var name))
        {
            request = await Published(name.GetString()!) is { } managed
                ? request with { PolicyArns = [new AssumeRole.PolicyDescriptor { Arn = managed }] }
                : request with { Policy = Document(name.GetString()!) };
        }

        return _server.Session((await _server.Run(new AssumeRole(), request)).Credentials);
    }

    private static Task<string?> Published(string name) => Task.FromResult(AwsManagedPolicies.All.FirstOrDefault(p => p.Name == name)?.Arn);

    private async Task<AwsException?> Ask(JsonElement scenario, JsonElement check, Principal? caller)
    {
        var action = check.GetProperty("action").GetString()!;
        var resource = check.GetProperty("resource").GetString()!;
        var context = check.GetProperty("context");
        if (action == "sts:AssumeRole")
        {
            return await AskTrust(scenario, context, caller);
        }

        try
        {
            switch (action)
            {
                case "sts:GetCallerIdentity":
                    await _server.Run(new GetCallerIdentity(), new(), caller);
                    break;
                case "iam:ListRoles":
                    await _server.Run(new ListRoles(), new() { PathPrefix = resource["arn:aws:iam::111122223333:role".Length..] }, caller);
                    break;
                case "iam:CreateServiceLinkedRole" when scenario.GetProperty("expect").GetString() == "allowed":
                    await _server.Run(new CreateServiceLinkedRole(), new() { AWSServiceName = "ssm.amazonaws.com" }, caller);
                    break;
                default:
                    var from = new Source(context.TryGetProperty("aws:SourceIp", out var ip) ? ip.GetString() : "127.0.0.1", false, null, null);
                    await _server.Run(new Question(), Question.Of(action, resource, context), caller, from);
                    break;
            }

            return null;
        }
        catch (AwsException e)
        {
            return e;
        }
    }

    private async Task<AwsException?> AskTrust(JsonElement scenario, JsonElement context, Principal? caller)
    {
        var trust = scenario.GetProperty("trust").GetRawText();
        var role = await _server.Role("my-maintenance-window-role", trust);
        if (caller is null)
        {
            // the account for which the service acts is the role's own, so the scenario's other one is the trust policy's
            var account = context.TryGetProperty("aws:SourceAccount", out var source) ? source.GetString()! : IamServer.Account;
            if (account != IamServer.Account)
            {
                await _server.Run(new UpdateAssumeRolePolicy(), new() { RoleName = "my-maintenance-window-role", PolicyDocument = trust.Replace(IamServer.Account, account, StringComparison.Ordinal) });
            }

            var wish = new ServiceAssumption(IamServer.Account, role, scenario.GetProperty("principal").GetString()!, "run");
            return RoleSessions.AssumeForService(_server.Backstage, wish) is Assumption.Assumed ? null : new AwsException("AccessDenied", "", 403);
        }

        try
        {
            var external = context.TryGetProperty("sts:ExternalId", out var id) ? id.GetString() : null;
            await _server.Run(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "run", ExternalId = external }, caller);
            return null;
        }
        catch (AwsException e)
        {
            return e;
        }
    }

    /// <summary>An operation that needs what it is told.</summary>
    private sealed class Question : Operation<Question.Request, Nothing>
    {
        public override Service Service => Service.Ssm;

        public override Effect Effect => Effect.Read;

        public static Request Of(string action, string resource, JsonElement context)
        {
            List<KeyValuePair<string, string>> Under(string prefix) =>
            [
                .. context.EnumerateObject().Where(k => k.Name.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(k => KeyValuePair.Create(k.Name[prefix.Length..], k.Value.GetString()!)),
            ];
            var access = new Access(action, resource)
            {
                ResourceTags = [.. Under("aws:ResourceTag/").Union(Under("ssm:resourceTag/"))],
                RequestTags = Under("aws:RequestTag/"),
                Keys = [.. Under("iam:").Select(k => KeyValuePair.Create("iam:" + k.Key, k.Value))],
            };
            return new Request(access);
        }

        protected override IEnumerable<Access> Needs(Request request, Call call) => [request.Access];

        protected override Task<Nothing> Handle(Request request, Call call) => Task.FromResult(Nothing.Instance);

        /// <summary>Without a setter, so that it is no member of the wire.</summary>
        public sealed class Request(Access access)
        {
            public Access Access { get; } = access;
        }
    }
}
