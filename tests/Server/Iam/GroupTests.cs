using Casement.Server.Iam.Actions;

namespace Casement.Server.Tests.Iam;

public sealed class GroupTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_group_is_created_read_renamed_and_deleted()
    {
        var made = await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "Ops", Path = "/a/" });
        Assert.Matches("^AGPA[A-Z2-7]{17}$", made.Group!.GroupId);
        Assert.Equal("arn:aws:iam::111122223333:group/a/Ops", made.Group.Arn);
        Assert.Equal(made.Group, (await _server.Run(new GetGroup(), new GetGroup.Request { GroupName = "ops" })).Group);
        Assert.Equal("409 EntityAlreadyExists: Group with name OPS already exists.", await _server.Refused(new CreateGroup(), new CreateGroup.Request { GroupName = "OPS" }));

        await _server.Run(new UpdateGroup(), new UpdateGroup.Request { GroupName = "Ops", NewGroupName = "Operators", NewPath = "/" });
        Assert.Equal(
            "arn:aws:iam::111122223333:group/Operators",
            (await _server.Run(new GetGroup(), new GetGroup.Request { GroupName = "operators" })).Group!.Arn);

        await _server.Run(new DeleteGroup(), new DeleteGroup.Request { GroupName = "operators" });
        Assert.Equal(
            "404 NoSuchEntity: The group with name operators cannot be found.",
            await _server.Refused(new GetGroup(), new GetGroup.Request { GroupName = "operators" }));
    }

    [Fact]
    public async Task Members_come_and_go_and_joining_twice_is_joining_once()
    {
        await _server.User("bob");
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        var both = new AddUserToGroup.Request { GroupName = "g", UserName = "bob" };
        await _server.Run(new AddUserToGroup(), both);
        await _server.Run(new AddUserToGroup(), both);

        Assert.Equal(["bob"], (await _server.Run(new GetGroup(), new GetGroup.Request { GroupName = "g" })).Users!.Select(u => u.UserName));
        Assert.Equal(["g"], (await _server.Run(new ListGroupsForUser(), new ListGroupsForUser.Request { UserName = "bob" })).Groups!.Select(g => g.GroupName));
        Assert.Equal(
            "409 DeleteConflict: Cannot delete entity, must remove users from group first.",
            await _server.Refused(new DeleteGroup(), new DeleteGroup.Request { GroupName = "g" }));

        var leave = new RemoveUserFromGroup.Request { GroupName = "g", UserName = "bob" };
        await _server.Run(new RemoveUserFromGroup(), leave);
        Assert.Equal("404 NoSuchEntity: User bob not in group g", await _server.Refused(new RemoveUserFromGroup(), leave));
        Assert.Empty((await _server.Run(new ListGroupsForUser(), new ListGroupsForUser.Request { UserName = "bob" })).Groups!);
    }

    [Fact]
    public async Task Joining_names_what_does_not_exist()
    {
        await _server.User("bob");
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        Assert.Equal(
            "404 NoSuchEntity: The group with name x cannot be found.",
            await _server.Refused(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "x", UserName = "bob" }));
        Assert.Equal(
            "404 NoSuchEntity: The user with name y cannot be found.",
            await _server.Refused(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "g", UserName = "y" }));
    }

    [Fact]
    public async Task A_group_with_policies_is_not_deleted()
    {
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        await _server.Run(new PutGroupPolicy(), new PutGroupPolicy.Request { GroupName = "g", PolicyName = "p", PolicyDocument = IamServer.AnyAction });
        Assert.Equal(
            "409 DeleteConflict: Cannot delete entity, must delete policies first.",
            await _server.Refused(new DeleteGroup(), new DeleteGroup.Request { GroupName = "g" }));
    }
}
