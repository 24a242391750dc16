using Casement.Server.Iam.Actions;

namespace Casement.Server.Tests.Iam;

public sealed class TrustTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_user_created_again_under_its_name_does_not_regain_trust()
    {
        var first = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(first.Arn));
        await _server.Assume(role, first);
        Assert.Contains(first.Arn, await Shown("r"), StringComparison.Ordinal);

        await _server.Run(new DeleteUser(), new DeleteUser.Request { UserName = "rita" });
        Assert.Contains($"\"{first.Id}\"", await Shown("r"), StringComparison.Ordinal);
        var second = await _server.User("rita");
        Assert.Equal(
            $"403 AccessDenied: User: {second.Arn} is not authorized to perform: sts:AssumeRole on resource: {role}",
            await _server.Refused(new Casement.Server.Sts.AssumeRole(), new() { RoleArn = role, RoleSessionName = "s1" }, second));

        await _server.Run(new UpdateAssumeRolePolicy(), new UpdateAssumeRolePolicy.Request { RoleName = "r", PolicyDocument = IamServer.Trust(second.Arn) });
        await _server.Assume(role, second);
    }

    [Fact]
    public async Task A_role_created_again_under_its_name_does_not_regain_trust()
    {
        var rita = await _server.User("rita");
        var middle = await _server.Role("middle", IamServer.Trust(rita.Arn));
        var end = await _server.Role("end", IamServer.Trust(middle));
        var session = _server.Session((await _server.Assume(middle, rita)).Credentials);
        await _server.Assume(end, session);

        await _server.Run(new DeleteRole(), new DeleteRole.Request { RoleName = "middle" });
        await _server.Role("middle", IamServer.Trust(rita.Arn));
        var again = _server.Session((await _server.Assume(middle, rita)).Credentials);
        Assert.StartsWith(
            "403 AccessDenied: ", await _server.Refused(new Casement.Server.Sts.AssumeRole(), new() { RoleArn = end, RoleSessionName = "s2" }, again), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_user_shows_under_its_new_name()
    {
        var rita = await _server.User("rita");
        await _server.Role("r", IamServer.Trust(rita.Arn));
        await _server.Run(new UpdateUser(), new UpdateUser.Request { UserName = "rita", NewUserName = "margherita" });
        Assert.Contains("arn:aws:iam::111122223333:user/margherita", await Shown("r"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:iam::111122223333:user/ghost")]
    [InlineData("arn:aws:iam::111122223333:user/path/rita")]
    [InlineData("arn:aws:iam::111122223333:user/RITA")]
    [InlineData("arn:aws:iam::111122223333:role/ghost")]
    [InlineData("arn:aws:sts::111122223333:assumed-role/ghost/s")]
    [InlineData("arn:aws:iam::999999999999:root")]
    [InlineData("999999999999")]
    [InlineData("AIDAAAAAAAAAAAAAAAAAA")]
    public async Task A_principal_that_does_not_exist_is_refused(string principal)
    {
        await _server.User("rita");
        var expected = $"400 MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"{principal}\"";
        Assert.Equal(expected, await _server.Refused(
            new CreateRole(), new CreateRole.Request { RoleName = "r", AssumeRolePolicyDocument = IamServer.Trust(principal) }));
        await _server.Role("r", IamServer.TrustSsm);
        Assert.Equal(expected, await _server.Refused(
            new UpdateAssumeRolePolicy(), new UpdateAssumeRolePolicy.Request { RoleName = "r", PolicyDocument = IamServer.Trust(principal) }));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("111122223333")]
    [InlineData("arn:aws:iam::111122223333:root")]
    public async Task Everyone_and_accounts_are_stored_as_written(string principal)
    {
        await _server.Role("r", IamServer.Trust(principal));
        Assert.Equal(IamServer.Trust(principal), await Shown("r"));
    }

    [Theory]
    [InlineData("Service", "ssm.amazonaw.com", "SERVICE")]
    [InlineData("Federated", "arn:aws:iam::111122223333:saml-provider/x", "FEDERATED")]
    public async Task Services_and_providers_that_nobody_knows_are_refused(string type, string value, string shown)
    {
        var trust = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"{{type}}":"{{value}}"},"Action":"sts:AssumeRole"}]}""";
        Assert.Equal(
            $"400 MalformedPolicyDocument: Invalid principal in policy: \"{shown}\":\"{value}\"",
            await _server.Refused(new CreateRole(), new CreateRole.Request { RoleName = "r", AssumeRolePolicyDocument = trust }));
    }

    [Theory]
    [InlineData("nonsense", "This policy contains invalid Json")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}""", "Has prohibited field Resource.")]
    public async Task A_malformed_trust_policy_is_refused_in_IAMs_words(string trust, string text) => Assert.Equal(
        $"400 MalformedPolicyDocument: {text}",
        await _server.Refused(new CreateRole(), new CreateRole.Request { RoleName = "r", AssumeRolePolicyDocument = trust }));

    private async Task<string> Shown(string role) =>
        Uri.UnescapeDataString((await _server.Run(new GetRole(), new GetRole.Request { RoleName = role })).Role!.AssumeRolePolicyDocument!);
}
