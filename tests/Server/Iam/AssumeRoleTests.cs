using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;
using Casement.Server.Operations;
using Casement.Server.Sts;

namespace Casement.Server.Tests.Iam;

public sealed class AssumeRoleTests : IDisposable
{
    private const string AllActions = "\"sts:AssumeRole\",\"sts:TagSession\",\"sts:SetSourceIdentity\"";

    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_trusted_user_gets_credentials_of_a_session()
    {
        var rita = await _server.User("rita");
        await _server.Run(new CreateRole(), new CreateRole.Request { RoleName = "R", Path = "/deep/", AssumeRolePolicyDocument = IamServer.Trust(rita.Arn) });
        var reply = await _server.Assume("arn:aws:iam::111122223333:role/deep/R", rita, "work");
        var role = (await _server.Run(new GetRole(), new GetRole.Request { RoleName = "R" })).Role!;

        Assert.Equal("arn:aws:sts::111122223333:assumed-role/R/work", reply.AssumedRoleUser!.Arn);
        Assert.Equal($"{role.RoleId}:work", reply.AssumedRoleUser.AssumedRoleId);
        Assert.Matches("^ASIA[A-Z2-7]{16}$", reply.Credentials!.AccessKeyId);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero), reply.Credentials.Expiration);
        Assert.Null(reply.PackedPolicySize);
        var who = await _server.Run(new GetCallerIdentity(), new GetCallerIdentity.Request(), _server.Session(reply.Credentials));
        Assert.Equal((reply.AssumedRoleUser.Arn, reply.AssumedRoleUser.AssumedRoleId), (who.Arn, who.UserId));
    }

    [Fact]
    public async Task A_role_that_does_not_exist_is_refused_as_one_that_does_not_trust()
    {
        var rita = await _server.User("rita", IamServer.AnyAction);
        await _server.Role("closed", IamServer.TrustSsm);
        foreach (var arn in new[] { "arn:aws:iam::111122223333:role/closed", "arn:aws:iam::111122223333:role/ghost", "arn:aws:iam::999999999999:role/ghost" })
        {
            Assert.Equal(
                $"403 AccessDenied: User: {rita.Arn} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                await _server.Refused(new AssumeRole(), new() { RoleArn = arn, RoleSessionName = "s1" }, rita));
        }

        var denied = _server.Backstage.Database.Read(tx => tx.Count("SELECT COUNT(*) FROM audit WHERE action='sts:AssumeRole' AND decision='deny'"));
        Assert.Equal(3, denied);
    }

    [Fact]
    public async Task An_explicit_deny_of_the_callers_outweighs_its_being_named()
    {
        var rita = await _server.User("rita", IamServer.Deny("sts:*"));
        var role = await _server.Role("r", IamServer.Trust(rita.Arn));
        Assert.Equal(
            $"403 AccessDenied: User: {rita.Arn} is not authorized to perform: sts:AssumeRole on resource: {role} with an explicit deny in an identity-based policy",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1" }, rita));
    }

    [Fact]
    public async Task Root_assumes_nothing()
    {
        var role = await _server.Role("r", IamServer.Trust("*"));
        Assert.Equal(
            "403 AccessDenied: Roles may not be assumed by root accounts.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1" }, new Principal.Root(IamServer.Account)));
    }

    [Fact]
    public async Task A_text_that_is_no_roles_ARN_is_said_to_be_invalid() => Assert.Equal(
        "400 ValidationError: arn:aws:iam::111122223333:user/rita is invalid",
        await _server.Refused(new AssumeRole(), new() { RoleArn = "arn:aws:iam::111122223333:user/rita", RoleSessionName = "s1" }));

    [Fact]
    public async Task The_duration_is_bounded_by_the_role_and_by_chaining()
    {
        var rita = await _server.User("rita");
        var short1 = await _server.Role("short", IamServer.Trust(rita.Arn));
        Assert.Equal(
            "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = short1, RoleSessionName = "s1", DurationSeconds = 3601 }, rita));
        await _server.Run(new UpdateRole(), new() { RoleName = "short", MaxSessionDuration = 43200 });
        var long1 = await _server.Run(new AssumeRole(), new() { RoleArn = short1, RoleSessionName = "s1", DurationSeconds = 43200 }, rita);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), long1.Credentials!.Expiration);

        var next = await _server.Role("next", IamServer.Trust(short1));
        await _server.Run(new UpdateRole(), new() { RoleName = "next", MaxSessionDuration = 43200 });
        var session = _server.Session(long1.Credentials);
        Assert.Equal(
            "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = next, RoleSessionName = "s2", DurationSeconds = 3601 }, session));
        Assert.Equal(
            new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero),
            (await _server.Run(new AssumeRole(), new() { RoleArn = next, RoleSessionName = "s2" }, session)).Credentials!.Expiration);
        Assert.StartsWith(
            "400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds'",
            await _server.Refused(new AssumeRole(), new() { RoleArn = next, RoleSessionName = "s2", DurationSeconds = 899 }, rita), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_policies_narrow_the_role_and_add_nothing()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn), IamServer.Allow("iam:List*"));
        async Task<Principal.RoleSession> With(string? policy, params string[] arns) => _server.Session((await _server.Run(new AssumeRole(), new()
        {
            RoleArn = role,
            RoleSessionName = "s1",
            Policy = policy,
            PolicyArns = [.. arns.Select(a => new AssumeRole.PolicyDescriptor { Arn = a })],
        }, rita)).Credentials);

        var inline = await With(IamServer.Allow("iam:ListUsers"));
        await _server.Run(new ListUsers(), new(), inline);
        Assert.EndsWith("because no session policy allows the iam:ListRoles action", await _server.Refused(new ListRoles(), new(), inline), StringComparison.Ordinal);

        var own = await _server.Policy("only-roles", IamServer.Allow("iam:ListRoles"));
        var both = await With(IamServer.Allow("iam:ListUsers"), own);
        await _server.Run(new ListUsers(), new(), both);
        await _server.Run(new ListRoles(), new(), both);
        Assert.EndsWith("because no session policy allows the iam:ListGroups action", await _server.Refused(new ListGroups(), new(), both), StringComparison.Ordinal);

        var wide = await With(null, "arn:aws:iam::aws:policy/AdministratorAccess");
        await _server.Run(new ListGroups(), new(), wide);
        Assert.EndsWith("because no identity-based policy allows the iam:GetRole action", await _server.Refused(new GetRole(), new() { RoleName = "r" }, wide), StringComparison.Ordinal);

        await _server.Run(new CreatePolicyVersion(), new() { PolicyArn = own, PolicyDocument = IamServer.Deny("iam:ListRoles"), SetAsDefault = true });
        Assert.EndsWith($"with an explicit deny in a session policy: {own}", await _server.Refused(new ListRoles(), new(), both), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faulty_session_policies_are_refused()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn));
        Assert.Equal(
            "400 MalformedPolicyDocument: Syntax errors in policy.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1", Policy = "{}" }, rita));
        Assert.Equal(
            "400 ValidationError: Policy arn:aws:iam::111122223333:policy/ghost does not exist or is not attachable.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1", PolicyArns = [new() { Arn = "arn:aws:iam::111122223333:policy/ghost" }] }, rita));
    }

    [Fact]
    public async Task Session_tags_need_TagSession_and_become_the_principals()
    {
        var rita = await _server.User("rita");
        var plain = await _server.Role("plain", IamServer.Trust(rita.Arn));
        var request = new AssumeRole.Request { RoleArn = plain, RoleSessionName = "s1", Tags = [new IamTag { Key = "Team", Value = "db" }] };
        Assert.StartsWith($"403 AccessDenied: User: {rita.Arn} is not authorized to perform: sts:TagSession on resource: {plain}", await _server.Refused(new AssumeRole(), request, rita), StringComparison.Ordinal);

        const string Tagged =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"db"}}}]}""";
        var open = await _server.Role("open", IamServer.Trust(rita.Arn, AllActions), Tagged);
        await _server.Run(new TagRole(), new() { RoleName = "open", Tags = [new IamTag { Key = "Team", Value = "web" }] });
        Assert.StartsWith("403", await _server.Refused(new ListUsers(), new(), _server.Session((await _server.Assume(open, rita)).Credentials)), StringComparison.Ordinal);
        var reply = await _server.Run(new AssumeRole(), request with { RoleArn = open }, rita);
        Assert.Equal(1, reply.PackedPolicySize);
        await _server.Run(new ListUsers(), new(), _server.Session(reply.Credentials));
    }

    [Fact]
    public async Task Transitive_tags_and_the_source_identity_pass_on_and_cannot_be_replaced()
    {
        var rita = await _server.User("rita");
        var first = await _server.Role("first", IamServer.Trust(rita.Arn, AllActions));
        var second = await _server.Role("second", IamServer.Trust(first, AllActions));
        var one = _server.Session((await _server.Run(new AssumeRole(), new()
        {
            RoleArn = first,
            RoleSessionName = "s1",
            Tags = [new IamTag { Key = "Team", Value = "db" }, new IamTag { Key = "Own", Value = "x" }],
            TransitiveTagKeys = ["Team"],
            SourceIdentity = "rita",
        }, rita)).Credentials);

        var reply = await _server.Assume(second, one, "s2");
        var two = _server.Session(reply.Credentials);
        Assert.Equal("rita", reply.SourceIdentity);
        Assert.Equal([KeyValuePair.Create("Team", "db")], two.Tags);
        Assert.Equal(["Team"], two.TransitiveTagKeys);

        var next = new AssumeRole.Request { RoleArn = second, RoleSessionName = "s3" };
        Assert.Equal(
            "400 InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
            await _server.Refused(new AssumeRole(), next with { Tags = [new IamTag { Key = "team", Value = "web" }] }, one));
        Assert.Equal(
            "400 InvalidParameterValue: The calling session's source identity 'rita' stays for all sessions made from it; 'eve' cannot be set.",
            await _server.Refused(new AssumeRole(), next with { SourceIdentity = "eve" }, one));
        Assert.Equal(
            "400 InvalidParameterValue: The specified transitive tag key must be included in the requested tags.",
            await _server.Refused(new AssumeRole(), next with { TransitiveTagKeys = ["x"] }, one));
        Assert.Equal(
            "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            await _server.Refused(new AssumeRole(), next with { Tags = [new IamTag { Key = "a", Value = "" }, new IamTag { Key = "A", Value = "" }] }, one));
    }

    [Fact]
    public async Task Too_much_to_carry_is_refused()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn, AllActions));
        var tags = Enumerable.Range(0, 40).Select(i => new IamTag { Key = $"k{i:D2}", Value = new string('v', 256) }).ToList();
        Assert.Equal(
            "400 PackedPolicyTooLarge: Packed policy consumes 127% of allotted space, please use smaller policy.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1", Tags = tags }, rita));
    }

    [Fact]
    public async Task What_Casement_lacks_is_said()
    {
        var role = await _server.Role("r", IamServer.Trust(_server.Admin.Arn));
        Assert.Equal(
            "400 ValidationError: Casement has no MFA devices: SerialNumber and TokenCode cannot be used.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1", TokenCode = "123456" }));
        Assert.Equal(
            "400 ValidationError: Casement has no context providers: ProvidedContexts cannot be used.",
            await _server.Refused(new AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1", ProvidedContexts = [new()] }));
    }

    [Fact]
    public async Task A_role_of_another_account_needs_both_sides()
    {
        var rita = await _server.User("rita");
        await _server.Backstage.Database.Write(tx =>
        {
            Storage.Accounts.Insert(tx, "222233334444", "{}", 0);
            Storage.Roles.Insert(tx, new Storage.Scope("222233334444", ""), new Storage.RoleRow("AROAOTHEROTHEROTHERAA", "far", "/", IamServer.Trust(rita.Id), 3600, 0));
        });
        const string Far = "arn:aws:iam::222233334444:role/far";
        Assert.StartsWith("403 AccessDenied: ", await _server.Refused(new AssumeRole(), new() { RoleArn = Far, RoleSessionName = "s1" }, rita), StringComparison.Ordinal);
        await _server.Run(new PutUserPolicy(), new() { UserName = "rita", PolicyName = "p", PolicyDocument = IamServer.Allow("sts:AssumeRole", Far) });
        Assert.Equal("222233334444", _server.Session((await _server.Assume(Far, rita)).Credentials).Account);
    }
}
