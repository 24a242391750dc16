using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Tests.Iam;

/// <summary>A change holds for the very next request, whatever was decided and kept before it.</summary>
public sealed class EffectTests : IDisposable
{
    private const string Denied = "403 AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::111122223333:user/ ";

    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_deny_put_on_a_group_holds_for_its_members_next_request_and_so_does_its_removal()
    {
        var bob = await _server.User("bob", IamServer.AnyAction);
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        await _server.Run(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "g", UserName = "bob" });
        for (var i = 0; i < 3; i++)
        {
            await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
            await _server.Run(new PutGroupPolicy(), new PutGroupPolicy.Request { GroupName = "g", PolicyName = "stop", PolicyDocument = IamServer.Deny("iam:ListUsers") });
            Assert.Equal(Denied + "with an explicit deny in an identity-based policy", await _server.Refused(new ListUsers(), new ListUsers.Request(), bob));
            await _server.Run(new DeleteGroupPolicy(), new DeleteGroupPolicy.Request { GroupName = "g", PolicyName = "stop" });
        }
    }

    [Fact]
    public async Task Joining_and_leaving_a_group_hold_at_once()
    {
        var bob = await _server.User("bob");
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        await _server.Run(new AttachGroupPolicy(), new AttachGroupPolicy.Request { GroupName = "g", PolicyArn = "arn:aws:iam::aws:policy/IAMReadOnlyAccess" });
        Assert.Equal(Denied + "because no identity-based policy allows the iam:ListUsers action", await _server.Refused(new ListUsers(), new ListUsers.Request(), bob));
        await _server.Run(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "g", UserName = "bob" });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
        await _server.Run(new RemoveUserFromGroup(), new RemoveUserFromGroup.Request { GroupName = "g", UserName = "bob" });
        Assert.StartsWith(Denied, await _server.Refused(new ListUsers(), new ListUsers.Request(), bob), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_version_decides_and_a_rollback_holds_at_once()
    {
        var bob = await _server.User("bob");
        var arn = await _server.Policy("p");
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = arn });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);

        await _server.Run(new CreatePolicyVersion(), new CreatePolicyVersion.Request { PolicyArn = arn, PolicyDocument = IamServer.Deny("iam:ListUsers") });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
        await _server.Run(new SetDefaultPolicyVersion(), new SetDefaultPolicyVersion.Request { PolicyArn = arn, VersionId = "v2" });
        Assert.Equal(
            Denied + $"with an explicit deny in an identity-based policy: {arn}", await _server.Refused(new ListUsers(), new ListUsers.Request(), bob));
        await _server.Run(new SetDefaultPolicyVersion(), new SetDefaultPolicyVersion.Request { PolicyArn = arn, VersionId = "v1" });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
    }

    [Fact]
    public async Task A_boundary_limits_at_once_and_its_removal_frees_at_once()
    {
        var bob = await _server.User("bob", IamServer.AnyAction);
        var arn = await _server.Policy("edge", IamServer.Allow("ssm:*"));
        await _server.Run(new PutUserPermissionsBoundary(), new PutUserPermissionsBoundary.Request { UserName = "bob", PermissionsBoundary = arn });
        Assert.Equal(Denied + "because no permissions boundary allows the iam:ListUsers action", await _server.Refused(new ListUsers(), new ListUsers.Request(), bob));
        await _server.Run(new DeleteUserPermissionsBoundary(), new DeleteUserPermissionsBoundary.Request { UserName = "bob" });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
        Assert.StartsWith(
            "404 NoSuchEntity: ",
            await _server.Refused(new DeleteUserPermissionsBoundary(), new DeleteUserPermissionsBoundary.Request { UserName = "bob" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_principals_tag_decides_at_once()
    {
        const string Tagged =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"db"}}}]}""";
        var bob = await _server.User("bob", Tagged);
        Assert.StartsWith(Denied, await _server.Refused(new ListUsers(), new ListUsers.Request(), bob), StringComparison.Ordinal);
        await _server.Run(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "Team", Value = "db" }] });
        await _server.Run(new ListUsers(), new ListUsers.Request(), bob);
        await _server.Run(new UntagUser(), new UntagUser.Request { UserName = "bob", TagKeys = ["Team"] });
        Assert.StartsWith(Denied, await _server.Refused(new ListUsers(), new ListUsers.Request(), bob), StringComparison.Ordinal);
    }
}
