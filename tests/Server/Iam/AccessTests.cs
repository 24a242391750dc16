using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Tests.Iam;

/// <summary>What IAM's actions are authorised on, and what refusals show of it.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Refusals_name_the_resource_as_IAM_does()
    {
        var bob = await _server.User("bob");
        Assert.Equal(Text("iam:CreateUser", "arn:aws:iam::111122223333:user/x/new"), await _server.Refused(new CreateUser(), new() { UserName = "new", Path = "/x/" }, bob));
        Assert.Equal(Text("iam:CreateRole", "arn:aws:iam::111122223333:role/new"), await _server.Refused(new CreateRole(), new() { RoleName = "new", AssumeRolePolicyDocument = "{" }, bob));
        Assert.Equal(Text("iam:CreatePolicy", "policy new"), await _server.Refused(new CreatePolicy(), new() { PolicyName = "new" }, bob));
        Assert.Equal(Text("iam:GetUser", "user ghost"), await _server.Refused(new GetUser(), new() { UserName = "ghost" }, bob));
        Assert.Equal(Text("iam:GetUser", "user bob"), await _server.Refused(new GetUser(), new(), bob));
        Assert.Equal(Text("iam:GetRole", "role r"), await _server.Refused(new GetRole(), new() { RoleName = "r" }, bob));
        Assert.Equal(Text("iam:PutGroupPolicy", "group g"), await _server.Refused(new PutGroupPolicy(), new() { GroupName = "g" }, bob));
        Assert.Equal(Text("iam:DeleteUser", "arn:aws:iam::111122223333:user/bob"), await _server.Refused(new DeleteUser(), new() { UserName = "bob" }, bob));
        Assert.Equal(Text("iam:ListUsers", "arn:aws:iam::111122223333:user/"), await _server.Refused(new ListUsers(), new(), bob));
        Assert.Equal(Text("iam:ListGroups", "arn:aws:iam::111122223333:group/a/"), await _server.Refused(new ListGroups(), new() { PathPrefix = "/a/" }, bob));
        Assert.Equal(Text("iam:ListPolicies", "policy path /"), await _server.Refused(new ListPolicies(), new(), bob));
        Assert.Equal(
            Text("iam:GetPolicy", "policy arn:aws:iam::aws:policy/AdministratorAccess"),
            await _server.Refused(new GetPolicy(), new() { PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess" }, bob));
        Assert.Equal(
            Text("iam:CreateServiceLinkedRole", "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"),
            await _server.Refused(new CreateServiceLinkedRole(), new() { AWSServiceName = "ssm.amazonaws.com" }, bob));
        Assert.Equal(Text("iam:GetRole", "*"), await _server.Refused(new GetRole(), new(), bob));
    }

    [Fact]
    public async Task A_deny_on_a_name_is_not_passed_by_its_spelling()
    {
        await _server.Run(new CreateUser(), new CreateUser.Request { UserName = "Chief", Path = "/board/" });
        var bob = await _server.User("bob", IamServer.AnyAction, IamServer.Deny("iam:*", "arn:aws:iam::111122223333:user/board/Chief"));
        Assert.Equal(
            "403 AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:CreateAccessKey on resource: user cHIEF with an explicit deny in an identity-based policy",
            await _server.Refused(new CreateAccessKey(), new CreateAccessKey.Request { UserName = "cHIEF" }, bob));
    }

    [Fact]
    public async Task The_policy_attached_and_the_boundary_asked_for_are_condition_keys()
    {
        const string OnlyReadOnly =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"}}}]}""";
        const string OnlyBounded =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/PowerUserAccess"}}}]}""";
        var bob = await _server.User("bob", OnlyReadOnly, OnlyBounded);
        await _server.Run(new AttachUserPolicy(), new() { UserName = "bob", PolicyArn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess" }, bob);
        Assert.Equal(Text("iam:AttachUserPolicy", "user bob"), await _server.Refused(
            new AttachUserPolicy(), new() { UserName = "bob", PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess" }, bob));
        await _server.Run(new CreateUser(), new() { UserName = "new", PermissionsBoundary = "arn:aws:iam::aws:policy/PowerUserAccess" }, bob);
        Assert.Equal(Text("iam:CreateUser", "arn:aws:iam::111122223333:user/new2"), await _server.Refused(new CreateUser(), new() { UserName = "new2" }, bob));
    }

    [Fact]
    public async Task Creating_with_tags_needs_the_right_to_tag()
    {
        var bob = await _server.User("bob", IamServer.Allow("iam:Create*"));
        await _server.Run(new CreateUser(), new() { UserName = "plain" }, bob);
        Assert.Equal(Text("iam:TagUser", "arn:aws:iam::111122223333:user/tagged"), await _server.Refused(
            new CreateUser(), new() { UserName = "tagged", Tags = [new IamTag { Key = "a", Value = "b" }] }, bob));
        Assert.Equal(Text("iam:TagPolicy", "policy p"), await _server.Refused(
            new CreatePolicy(), new() { PolicyName = "p", PolicyDocument = IamServer.AnyAction, Tags = [new IamTag { Key = "a", Value = "b" }] }, bob));
    }

    [Fact]
    public async Task A_resources_tags_are_condition_keys_of_both_spellings()
    {
        const string Own =
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/Team":"db","aws:ResourceTag/Team":"db"}}}]}""";
        var bob = await _server.User("bob", Own);
        await _server.Role("r", IamServer.TrustSsm);
        Assert.Equal(Text("iam:GetRole", "role r"), await _server.Refused(new GetRole(), new() { RoleName = "r" }, bob));
        await _server.Run(new TagRole(), new() { RoleName = "r", Tags = [new IamTag { Key = "Team", Value = "db" }] });
        await _server.Run(new GetRole(), new() { RoleName = "r" }, bob);
    }

    [Fact]
    public async Task Another_accounts_entities_do_not_exist()
    {
        await _server.Backstage.Database.Write(tx =>
        {
            Storage.Accounts.Insert(tx, "222233334444", "{}", 0);
            Storage.Users.Insert(tx, new Storage.Scope("222233334444", ""), new Storage.UserRow("AIDAOTHEROTHEROTHERAA", "other", "/", null, 0));
        });
        Assert.Equal("404 NoSuchEntity: The user with name other cannot be found.", await _server.Refused(new GetUser(), new() { UserName = "other" }));
        Assert.DoesNotContain((await _server.Run(new ListUsers(), new())).Users!, u => u.UserName == "other");
        var root = new Operations.Principal.Root("222233334444");
        Assert.Equal("404 NoSuchEntity: The user with name admin cannot be found.", await _server.Refused(new GetUser(), new() { UserName = "admin" }, root));
        var arn = await _server.Policy("mine");
        Assert.Equal($"404 NoSuchEntity: Policy {arn} was not found.", await _server.Refused(new GetPolicy(), new() { PolicyArn = arn }, root));
    }

    private static string Text(string action, string resource) =>
        $"403 AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action";
}
