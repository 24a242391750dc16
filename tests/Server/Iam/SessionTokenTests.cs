using Casement.Server.Iam.Actions;
using Casement.Server.Sts;
using NodaTime;

namespace Casement.Server.Tests.Iam;

public sealed class SessionTokenTests : IDisposable
{
    private const string Session = "arn:aws:sts::111122223333:assumed-role/r/s1";

    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Credentials_outlive_the_process_that_issued_them()
    {
        var made = await Make();
        Assert.Equal(Session, _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
        Assert.Equal(Session, _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken, _server.NewCredentials()));
    }

    [Fact]
    public async Task Credentials_end_at_their_expiration()
    {
        var made = await Make();
        _server.Time.MoveTo(made.Expiration!.Value - TimeSpan.FromMilliseconds(1));
        Assert.Equal(Session, _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
        _server.Time.MoveTo(made.Expiration.Value);
        Assert.Equal("ExpiredToken", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
    }

    [Fact]
    public async Task Credentials_issued_while_the_clock_was_ahead_are_refused_once_it_is_right()
    {
        var right = _server.Time.GetUtcNow();
        _server.Time.MoveTo(right.AddDays(365));
        var made = await Make();
        Assert.Equal(Session, _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
        Assert.Equal("ExpiredToken", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken, at: right));
    }

    [Fact]
    public async Task A_token_belongs_to_its_key_and_a_temporary_key_needs_its_token()
    {
        var one = await Make();
        var two = (await _server.Assume("arn:aws:iam::111122223333:role/r", _server.Principal("rita"), "s2")).Credentials!;
        Assert.Equal("InvalidClientTokenId", _server.Recognised(one.AccessKeyId!, one.SecretAccessKey!, two.SessionToken));
        Assert.Equal("InvalidClientTokenId", _server.Recognised(one.AccessKeyId!, one.SecretAccessKey!));
        Assert.Equal("SignatureDoesNotMatch", _server.Recognised(one.AccessKeyId!, two.SecretAccessKey!, one.SessionToken));
        Assert.Equal("InvalidClientTokenId", _server.Recognised(_server.First.AccessKeyId, _server.First.SecretAccessKey, one.SessionToken));
    }

    [Fact]
    public async Task A_changed_token_opens_nothing()
    {
        var made = await Make();
        var bytes = Convert.FromBase64String(made.SessionToken!);
        for (var i = 0; i < bytes.Length; i += 7)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 0x10;
            Assert.Equal("InvalidClientTokenId", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, Convert.ToBase64String(changed)));
        }

        Assert.Equal("InvalidClientTokenId", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, "not base64"));
        Assert.Equal("InvalidClientTokenId", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, Convert.ToBase64String(bytes[..20])));
    }

    [Fact]
    public async Task Sessions_end_with_their_role_and_do_not_come_back_with_its_name()
    {
        var made = await Make();
        await _server.Run(new DeleteRole(), new DeleteRole.Request { RoleName = "r" });
        Assert.Equal("InvalidClientTokenId", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
        await _server.Role("r", IamServer.TrustSsm);
        Assert.Equal("InvalidClientTokenId", _server.Recognised(made.AccessKeyId!, made.SecretAccessKey!, made.SessionToken));
    }

    [Fact]
    public async Task What_a_session_carries_comes_back_out_of_its_token()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn, "\"sts:*\""));
        var made = (await _server.Run(new AssumeRole(), new()
        {
            RoleArn = role,
            RoleSessionName = "s1",
            Policy = IamServer.AnyAction,
            PolicyArns = [new() { Arn = "arn:aws:iam::aws:policy/AdministratorAccess" }],
            Tags = [new() { Key = "Ké", Value = "v" }],
            TransitiveTagKeys = ["Ké"],
            SourceIdentity = "rita",
        }, rita)).Credentials!;
        var session = _server.NewCredentials().Sessions.Open(made.SessionToken!, made.AccessKeyId!)!.Value.Session;
        Assert.Equal([IamServer.AnyAction, "arn:aws:iam::aws:policy/AdministratorAccess"], session.SessionPolicies);
        Assert.Equal("v", session.Tags["kÉ"]);
        Assert.Equal(["Ké"], session.TransitiveTagKeys);
        Assert.Equal("rita", session.SourceIdentity);
        Assert.Equal(Instant.FromUtc(2026, 3, 1, 12, 0).Plus(Duration.FromMilliseconds(345)), Instant.FromDateTimeOffset(session.IssuedAt));
    }

    private async Task<AssumeRole.SessionCredentials> Make()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn));
        return (await _server.Assume(role, rita)).Credentials!;
    }
}
