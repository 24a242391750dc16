using Casement.Server.Iam.Actions;
using Casement.Server.Operations;
using Casement.Server.Sts;

namespace Casement.Server.Tests.Iam;

public sealed class KeyTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_key_signs_until_it_is_switched_off_or_deleted()
    {
        var bob = await _server.User("bob");
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" })).AccessKey!;
        Assert.Matches("^AKIA[A-Z2-7]{16}$", key.AccessKeyId);
        Assert.Matches("^[A-Za-z0-9/+]{40}$", key.SecretAccessKey);
        Assert.Equal(bob.Arn, _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
        Assert.Equal("SignatureDoesNotMatch", _server.Recognised(key.AccessKeyId!, key.SecretAccessKey! + "x"));

        await _server.Run(new UpdateAccessKey(), new UpdateAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKeyId, Status = "Inactive" });
        Assert.Equal("InvalidClientTokenId", _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
        await _server.Run(new UpdateAccessKey(), new UpdateAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKeyId, Status = "Active" });
        Assert.Equal(bob.Arn, _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
        await _server.Run(new DeleteAccessKey(), new DeleteAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKeyId });
        Assert.Equal("InvalidClientTokenId", _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
        Assert.Equal(
            $"404 NoSuchEntity: The Access Key with id {key.AccessKeyId} cannot be found.",
            await _server.Refused(new DeleteAccessKey(), new DeleteAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKeyId }));
    }

    [Fact]
    public async Task Without_a_name_a_users_keys_are_its_own()
    {
        var bob = await _server.User("bob", IamServer.AnyAction);
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request(), bob)).AccessKey!;
        Assert.Equal("bob", key.UserName);
        var listed = Assert.Single((await _server.Run(new ListAccessKeys(), new ListAccessKeys.Request(), bob)).AccessKeyMetadata!);
        Assert.Equal(("bob", key.AccessKeyId, "Active"), (listed.UserName, listed.AccessKeyId, listed.Status));
        await _server.Run(new UpdateAccessKey(), new UpdateAccessKey.Request { AccessKeyId = key.AccessKeyId, Status = "Inactive" }, bob);
        await _server.Run(new DeleteAccessKey(), new DeleteAccessKey.Request { AccessKeyId = key.AccessKeyId }, bob);
        Assert.Empty((await _server.Run(new ListAccessKeys(), new ListAccessKeys.Request(), bob)).AccessKeyMetadata!);
    }

    [Fact]
    public async Task Another_users_key_is_not_found_under_ones_own_name()
    {
        await _server.User("bob");
        var eve = await _server.User("eve", IamServer.AnyAction);
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" })).AccessKey!;
        Assert.Equal(
            $"404 NoSuchEntity: The Access Key with id {key.AccessKeyId} cannot be found.",
            await _server.Refused(new DeleteAccessKey(), new DeleteAccessKey.Request { AccessKeyId = key.AccessKeyId }, eve));
    }

    [Fact]
    public async Task A_session_has_no_keys_of_its_own_and_root_has()
    {
        var rita = await _server.User("rita");
        var role = await _server.Role("r", IamServer.Trust(rita.Arn), IamServer.AnyAction);
        var session = _server.Session((await _server.Assume(role, rita)).Credentials);
        Assert.Equal(
            "400 ValidationError: Must specify userName when calling with non-User credentials",
            await _server.Refused(new CreateAccessKey(), new CreateAccessKey.Request(), session));

        var root = new Principal.Root(IamServer.Account);
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request(), root)).AccessKey!;
        Assert.Null(key.UserName);
        Assert.Equal(root.Arn, _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
    }

    [Fact]
    public async Task A_key_is_never_set_to_expired()
    {
        await _server.User("bob");
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" })).AccessKey!;
        Assert.Equal(
            "400 InvalidInput: The status of an access key is set to Active or Inactive; Expired is not settable.",
            await _server.Refused(new UpdateAccessKey(), new UpdateAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKeyId, Status = "Expired" }));
    }

    [Fact]
    public async Task A_keys_account_is_read_from_its_id()
    {
        Assert.Equal(IamServer.Account, (await _server.Run(new GetAccessKeyInfo(), new GetAccessKeyInfo.Request { AccessKeyId = _server.First.AccessKeyId })).Account);
        Assert.Equal(
            "400 ValidationError: The access key id AKIAIOSFODNN7EXAMPLE belongs to no account of this server.",
            await _server.Refused(new GetAccessKeyInfo(), new GetAccessKeyInfo.Request { AccessKeyId = "AKIAIOSFODNN7EXAMPLE" }));
    }

    [Fact]
    public async Task The_secret_stands_in_no_audit_row()
    {
        await _server.User("bob");
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" })).AccessKey!;
        var docs = _server.Backstage.Database.Read(tx => tx.All("SELECT doc FROM audit WHERE action='iam:CreateAccessKey'", r => r.TextOrNull(0)));
        Assert.Single(docs);
        Assert.DoesNotContain(docs, d => d!.Contains(key.SecretAccessKey!, StringComparison.Ordinal));
    }
}
