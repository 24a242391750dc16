using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Tests.Iam;

public sealed class UserTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_created_user_is_answered_and_read_back_whole()
    {
        var boundary = await _server.Policy("edge");
        var made = await _server.Run(new CreateUser(), new CreateUser.Request
        {
            UserName = "Ann",
            Path = "/ops/night/",
            PermissionsBoundary = boundary,
            Tags = [new IamTag { Key = "Team", Value = "db" }],
        });
        var read = await _server.Run(new GetUser(), new GetUser.Request { UserName = "aNN" });

        Assert.Equal(made.User! with { Tags = null }, read.User! with { Tags = null });
        Assert.Equal(made.User!.Tags, read.User!.Tags);
        Assert.Equal("Ann", read.User!.UserName);
        Assert.Equal("arn:aws:iam::111122223333:user/ops/night/Ann", read.User.Arn);
        Assert.Matches("^AIDA[A-Z2-7]{17}$", read.User.UserId);
        Assert.Equal(boundary, read.User.PermissionsBoundary!.PermissionsBoundaryArn);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), read.User.CreateDate);
        Assert.Equal([new IamTag { Key = "Team", Value = "db" }], read.User.Tags!);
    }

    [Fact]
    public async Task Names_are_unique_ignoring_case()
    {
        await _server.User("Bob");
        Assert.Equal(
            "409 EntityAlreadyExists: User with name bOB already exists.",
            await _server.Refused(new CreateUser(), new CreateUser.Request { UserName = "bOB" }));
    }

    [Fact]
    public async Task Without_a_name_a_user_reads_itself()
    {
        var bob = await _server.User("bob", IamServer.AnyAction);
        Assert.Equal(bob.Arn, (await _server.Run(new GetUser(), new GetUser.Request(), bob)).User!.Arn);

        var role = await _server.Role("r", IamServer.Trust(bob.Arn), IamServer.AnyAction);
        var session = _server.Session((await _server.Assume(role, bob)).Credentials);
        Assert.Equal(
            "400 ValidationError: Must specify userName when calling with non-User credentials",
            await _server.Refused(new GetUser(), new GetUser.Request(), session));
    }

    [Fact]
    public async Task A_user_that_does_not_exist_is_named_in_the_refusal()
    {
        Assert.Equal(
            "404 NoSuchEntity: The user with name ghost cannot be found.",
            await _server.Refused(new GetUser(), new GetUser.Request { UserName = "ghost" }));
        Assert.Equal(
            "404 NoSuchEntity: The user with name ghost cannot be found.",
            await _server.Refused(new DeleteUser(), new DeleteUser.Request { UserName = "ghost" }));
    }

    [Fact]
    public async Task A_user_is_deleted_once_nothing_hangs_on_it()
    {
        await _server.User("bob", IamServer.AnyAction);
        var policy = await _server.Policy("p");
        await _server.Run(new AttachUserPolicy(), new AttachUserPolicy.Request { UserName = "bob", PolicyArn = policy });
        var key = await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" });
        await _server.Run(new CreateGroup(), new CreateGroup.Request { GroupName = "g" });
        await _server.Run(new AddUserToGroup(), new AddUserToGroup.Request { GroupName = "g", UserName = "bob" });
        var delete = new DeleteUser.Request { UserName = "bob" };

        Assert.Equal("409 DeleteConflict: Cannot delete entity, must delete policies first.", await _server.Refused(new DeleteUser(), delete));
        await _server.Run(new DeleteUserPolicy(), new DeleteUserPolicy.Request { UserName = "bob", PolicyName = "p0" });
        Assert.Equal("409 DeleteConflict: Cannot delete entity, must detach all policies first.", await _server.Refused(new DeleteUser(), delete));
        await _server.Run(new DetachUserPolicy(), new DetachUserPolicy.Request { UserName = "bob", PolicyArn = policy });
        Assert.Equal("409 DeleteConflict: Cannot delete entity, must delete access keys first.", await _server.Refused(new DeleteUser(), delete));
        await _server.Run(new DeleteAccessKey(), new DeleteAccessKey.Request { UserName = "bob", AccessKeyId = key.AccessKey!.AccessKeyId });
        Assert.Equal("409 DeleteConflict: Cannot delete entity, must remove users from group first.", await _server.Refused(new DeleteUser(), delete));
        await _server.Run(new RemoveUserFromGroup(), new RemoveUserFromGroup.Request { GroupName = "g", UserName = "bob" });

        await _server.Run(new DeleteUser(), delete);
        Assert.Equal(
            "404 NoSuchEntity: The user with name bob cannot be found.", await _server.Refused(new GetUser(), new GetUser.Request { UserName = "bob" }));
    }

    [Fact]
    public async Task A_renamed_user_keeps_its_id_its_keys_and_its_policies()
    {
        var bob = await _server.User("bob", IamServer.Allow("iam:ListUsers"));
        var key = (await _server.Run(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "bob" })).AccessKey!;
        await _server.Run(new UpdateUser(), new UpdateUser.Request { UserName = "bob", NewUserName = "Robert", NewPath = "/x/" });

        Assert.Equal("arn:aws:iam::111122223333:user/x/Robert", _server.Recognised(key.AccessKeyId!, key.SecretAccessKey!));
        var renamed = _server.Principal("robert");
        Assert.Equal(bob.Id, renamed.Id);
        await _server.Run(new ListUsers(), new ListUsers.Request(), renamed);
        await _server.User("eve");
        Assert.Equal(
            "409 EntityAlreadyExists: User with name Eve already exists.",
            await _server.Refused(new UpdateUser(), new UpdateUser.Request { UserName = "Robert", NewUserName = "Eve" }));
    }

    [Fact]
    public async Task Renaming_needs_the_right_on_the_new_name_too()
    {
        await _server.User("bob");
        var eve = await _server.User("eve", IamServer.Allow("iam:UpdateUser", "arn:aws:iam::111122223333:user/bob"));
        Assert.StartsWith(
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/eve is not authorized to perform: iam:UpdateUser on resource: arn:aws:iam::111122223333:user/root2 ",
            await _server.Refused(new UpdateUser(), new UpdateUser.Request { UserName = "bob", NewUserName = "root2" }, eve),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_a_request_are_said_at_once()
    {
        var text = await _server.Refused(new CreateUser(), new CreateUser.Request { UserName = "a b", Path = "x" });
        Assert.StartsWith("400 ValidationError: 2 validation errors detected: Value 'x' at 'path' failed to satisfy constraint: ", text, StringComparison.Ordinal);
        Assert.Contains("Value 'a b' at 'userName' failed to satisfy constraint: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_replace_each_other_ignoring_case_and_are_removed_ignoring_case()
    {
        await _server.User("bob");
        await _server.Run(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "Team", Value = "a" }, new IamTag { Key = "Cost", Value = "1" }] });
        await _server.Run(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "team", Value = "b" }] });
        var tags = await _server.Run(new ListUserTags(), new ListUserTags.Request { UserName = "bob" });
        Assert.Equal([new IamTag { Key = "Cost", Value = "1" }, new IamTag { Key = "team", Value = "b" }], tags.Tags!);

        await _server.Run(new UntagUser(), new UntagUser.Request { UserName = "bob", TagKeys = ["TEAM", "unknown"] });
        Assert.Equal([new IamTag { Key = "Cost", Value = "1" }], (await _server.Run(new ListUserTags(), new ListUserTags.Request { UserName = "bob" })).Tags!);
    }

    [Fact]
    public async Task Tag_faults_have_IAMs_words()
    {
        await _server.User("bob");
        Assert.Equal(
            "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            await _server.Refused(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "k", Value = "" }, new IamTag { Key = "K", Value = "" }] }));
        Assert.Equal(
            "400 InvalidInput: The tag key 'aws:x' begins with 'aws:', which is reserved.",
            await _server.Refused(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "aws:x", Value = "" }] }));
        await _server.Run(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [.. Enumerable.Range(0, 50).Select(i => new IamTag { Key = $"k{i}", Value = "" })] });
        Assert.Equal(
            "409 LimitExceeded: Cannot exceed quota for TagsPerResource: 50",
            await _server.Refused(new TagUser(), new TagUser.Request { UserName = "bob", Tags = [new IamTag { Key = "one more", Value = "" }] }));
    }
}
