using Casement.Server.Iam.Actions;

namespace Casement.Server.Tests.Iam;

public sealed class QuotaTests : IDisposable
{
    private readonly IamServer _server = new(Quotas.Aws);

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Keys_groups_and_attachments_of_a_user_are_counted()
    {
        await _server.User("bob");
        for (var i = 0; i < 2; i++)
        {
            await _server.Run(new CreateAccessKey(), new() { UserName = "bob" });
        }

        Assert.Equal("409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2", await _server.Refused(new CreateAccessKey(), new() { UserName = "bob" }));
        for (var i = 0; i < 10; i++)
        {
            await _server.Run(new CreateGroup(), new() { GroupName = $"g{i}" });
            await _server.Run(new AddUserToGroup(), new() { GroupName = $"g{i}", UserName = "bob" });
            await _server.Run(new AttachUserPolicy(), new() { UserName = "bob", PolicyArn = await _server.Policy($"p{i}") });
        }

        await _server.Run(new CreateGroup(), new() { GroupName = "more" });
        Assert.Equal("409 LimitExceeded: Cannot exceed quota for GroupsPerUser: 10", await _server.Refused(new AddUserToGroup(), new() { GroupName = "more", UserName = "bob" }));
        var arn = await _server.Policy("more");
        Assert.Equal("409 LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10", await _server.Refused(new AttachUserPolicy(), new() { UserName = "bob", PolicyArn = arn }));
    }

    [Fact]
    public async Task Documents_are_measured_without_white_space()
    {
        Assert.Equal("409 LimitExceeded: Cannot exceed quota for PolicySize: 6144", await _server.Refused(new CreatePolicy(), new() { PolicyName = "p", PolicyDocument = Long(6145) }));
        await _server.Policy("p", Long(6144).Replace(",", " ,\n", StringComparison.Ordinal));
        await _server.User("bob");
        await _server.Run(new PutUserPolicy(), new() { UserName = "bob", PolicyName = "a", PolicyDocument = Long(1500) });
        await _server.Run(new PutUserPolicy(), new() { UserName = "bob", PolicyName = "A", PolicyDocument = Long(1800) });
        Assert.Equal(
            "409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user bob",
            await _server.Refused(new PutUserPolicy(), new() { UserName = "bob", PolicyName = "b", PolicyDocument = Long(249) }));
        await _server.Run(new PutUserPolicy(), new() { UserName = "bob", PolicyName = "b", PolicyDocument = Long(248) });
        var trust = IamServer.TrustSsm.Replace("\"Effect\"", $"\"Sid\":\"{new string('s', 2048)}\",\"Effect\"", StringComparison.Ordinal);
        Assert.Equal(
            "409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048",
            await _server.Refused(new CreateRole(), new() { RoleName = "r", AssumeRolePolicyDocument = trust }));
    }

    [Fact]
    public async Task A_policy_has_at_most_five_versions()
    {
        var arn = await _server.Policy("p");
        for (var i = 0; i < 4; i++)
        {
            await _server.Run(new CreatePolicyVersion(), new() { PolicyArn = arn, PolicyDocument = IamServer.AnyAction });
        }

        Assert.Equal(
            "409 LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
            await _server.Refused(new CreatePolicyVersion(), new() { PolicyArn = arn, PolicyDocument = IamServer.AnyAction }));
    }

    [Fact]
    public async Task An_open_server_counts_nothing()
    {
        using var open = new IamServer();
        await open.User("bob", Long(3000));
        for (var i = 0; i < 3; i++)
        {
            await open.Run(new CreateAccessKey(), new() { UserName = "bob" });
        }

        await open.Policy("p", Long(7000));
    }

    private static string Long(int characters)
    {
        var shortest = IamServer.Allow("s3:*", "");
        return IamServer.Allow("s3:*", "arn:aws:s3:::" + new string('x', characters - shortest.Length - "arn:aws:s3:::".Length));
    }
}
