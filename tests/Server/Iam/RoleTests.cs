using Casement.Server.Iam;
using Casement.Server.Iam.Actions;
using Casement.Server.Iam.Shapes;

namespace Casement.Server.Tests.Iam;

public sealed class RoleTests : IDisposable
{
    private readonly IamServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_created_role_answers_less_than_a_read_one()
    {
        var made = await _server.Run(new CreateRole(), new CreateRole.Request
        {
            RoleName = "Window",
            Path = "/svc/",
            AssumeRolePolicyDocument = IamServer.TrustSsm + "\n ",
            Description = "runs windows",
            MaxSessionDuration = 7200,
            Tags = [new IamTag { Key = "a", Value = "b" }],
        });
        Assert.Null(made.Role!.MaxSessionDuration);
        Assert.Equal(Uri.EscapeDataString(IamServer.TrustSsm + "\n "), made.Role.AssumeRolePolicyDocument);
        Assert.DoesNotContain('"', made.Role.AssumeRolePolicyDocument!);

        var read = (await _server.Run(new GetRole(), new GetRole.Request { RoleName = "window" })).Role!;
        Assert.Equal("arn:aws:iam::111122223333:role/svc/Window", read.Arn);
        Assert.Matches("^AROA[A-Z2-7]{17}$", read.RoleId);
        Assert.Equal(7200, read.MaxSessionDuration);
        Assert.Equal("runs windows", read.Description);
        Assert.Equal([new IamTag { Key = "a", Value = "b" }], read.Tags!);

        var listed = Assert.Single((await _server.Run(new ListRoles(), new ListRoles.Request { PathPrefix = "/svc/" })).Roles!);
        Assert.Equal(7200, listed.MaxSessionDuration);
        Assert.Null(listed.Tags);
    }

    [Fact]
    public async Task What_an_update_does_not_send_stays()
    {
        await _server.Run(new CreateRole(), new CreateRole.Request { RoleName = "r", AssumeRolePolicyDocument = IamServer.TrustSsm, Description = "one" });
        await _server.Run(new UpdateRole(), new UpdateRole.Request { RoleName = "r", MaxSessionDuration = 43200 });
        var read = (await _server.Run(new GetRole(), new GetRole.Request { RoleName = "r" })).Role!;
        Assert.Equal(("one", 43200), (read.Description, read.MaxSessionDuration));

        var described = await _server.Run(new UpdateRoleDescription(), new UpdateRoleDescription.Request { RoleName = "r", Description = "two" });
        Assert.Equal(("two", 43200), (described.Role!.Description, described.Role.MaxSessionDuration));
    }

    [Fact]
    public async Task A_role_is_deleted_once_no_policy_hangs_on_it()
    {
        await _server.Role("r", IamServer.TrustSsm, IamServer.AnyAction);
        Assert.Equal(
            "409 DeleteConflict: Cannot delete entity, must delete policies first.", await _server.Refused(new DeleteRole(), new DeleteRole.Request { RoleName = "r" }));
        await _server.Run(new DeleteRolePolicy(), new DeleteRolePolicy.Request { RoleName = "r", PolicyName = "p0" });
        await _server.Run(new DeleteRole(), new DeleteRole.Request { RoleName = "r" });
        Assert.Equal(
            "404 NoSuchEntity: The role with name r cannot be found.",
            await _server.Refused(new DeleteRole(), new DeleteRole.Request { RoleName = "r" }));
        Assert.Equal("409 EntityAlreadyExists: Role with name AMAZONEC2runcommandroleFORmanagedinstances already exists.", await _server.Refused(
            new CreateRole(), new CreateRole.Request { RoleName = "AMAZONEC2runcommandroleFORmanagedinstances", AssumeRolePolicyDocument = IamServer.TrustSsm }));
    }

    [Fact]
    public async Task The_first_account_has_the_role_for_managed_nodes()
    {
        var role = (await _server.Run(new GetRole(), new GetRole.Request { RoleName = "AmazonEC2RunCommandRoleForManagedInstances" })).Role!;
        Assert.Equal($"arn:aws:iam::111122223333:role/{FirstRoles.NodeRole}", role.Arn);
        var policies = await _server.Run(new ListAttachedRolePolicies(), new ListAttachedRolePolicies.Request { RoleName = role.RoleName });
        Assert.Equal(["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"], policies.AttachedPolicies!.Select(p => p.PolicyArn));
    }

    [Fact]
    public async Task The_service_linked_role_is_made_once_and_changed_by_nobody()
    {
        var made = await _server.Run(new CreateServiceLinkedRole(), new CreateServiceLinkedRole.Request { AWSServiceName = "ssm.amazonaws.com" });
        Assert.Equal("arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM", made.Role!.Arn);
        Assert.Equal(
            "400 InvalidInput: Service role name AWSServiceRoleForAmazonSSM has been taken in this account, please try a different suffix.",
            await _server.Refused(new CreateServiceLinkedRole(), new CreateServiceLinkedRole.Request { AWSServiceName = "ssm.amazonaws.com" }));

        const string Protected =
            "400 UnmodifiableEntity: Cannot perform the operation on the protected role 'AWSServiceRoleForAmazonSSM' - this role is only modifiable by AWS";
        var policy = await _server.Policy("p");
        Assert.Equal(Protected, await _server.Refused(new AttachRolePolicy(), new AttachRolePolicy.Request { RoleName = made.Role.RoleName, PolicyArn = policy }));
        Assert.Equal(Protected, await _server.Refused(new DetachRolePolicy(), new DetachRolePolicy.Request
        {
            RoleName = made.Role.RoleName,
            PolicyArn = "arn:aws:iam::aws:policy/aws-service-role/AmazonSSMServiceRolePolicy",
        }));
        Assert.Equal(Protected, await _server.Refused(new PutRolePolicy(), new PutRolePolicy.Request { RoleName = made.Role.RoleName, PolicyName = "x", PolicyDocument = IamServer.AnyAction }));
        Assert.Equal(Protected, await _server.Refused(new DeleteRolePolicy(), new DeleteRolePolicy.Request { RoleName = made.Role.RoleName, PolicyName = "x" }));
        Assert.Equal(Protected, await _server.Refused(new UpdateAssumeRolePolicy(), new UpdateAssumeRolePolicy.Request { RoleName = made.Role.RoleName, PolicyDocument = IamServer.TrustSsm }));
        Assert.Equal(Protected, await _server.Refused(new UpdateRole(), new UpdateRole.Request { RoleName = made.Role.RoleName, MaxSessionDuration = 7200 }));
        Assert.Equal(Protected, await _server.Refused(new PutRolePermissionsBoundary(), new PutRolePermissionsBoundary.Request { RoleName = made.Role.RoleName, PermissionsBoundary = policy }));
        Assert.Equal(Protected, await _server.Refused(new DeleteRole(), new DeleteRole.Request { RoleName = made.Role.RoleName }));
    }

    [Fact]
    public async Task Service_linked_roles_of_other_services_and_suffixes_are_refused_in_plain_words()
    {
        Assert.Equal(
            "400 InvalidInput: There is no service-linked role for ec2.amazonaws.com; there is one for ssm.amazonaws.com.",
            await _server.Refused(new CreateServiceLinkedRole(), new CreateServiceLinkedRole.Request { AWSServiceName = "ec2.amazonaws.com" }));
        Assert.Equal(
            "400 InvalidInput: Custom suffix is not allowed for ssm.amazonaws.com",
            await _server.Refused(new CreateServiceLinkedRole(), new CreateServiceLinkedRole.Request { AWSServiceName = "ssm.amazonaws.com", CustomSuffix = "x" }));
        Assert.Equal(
            "400 InvalidInput: The path /aws-service-role/x/ belongs to service-linked roles, which CreateServiceLinkedRole makes.",
            await _server.Refused(new CreateRole(), new CreateRole.Request { RoleName = "r", Path = "/aws-service-role/x/", AssumeRolePolicyDocument = IamServer.TrustSsm }));
    }

    [Fact]
    public async Task Roles_have_no_instance_profiles()
    {
        await _server.Role("r", IamServer.TrustSsm);
        Assert.Empty((await _server.Run(new ListInstanceProfilesForRole(), new ListInstanceProfilesForRole.Request { RoleName = "r" })).InstanceProfiles!);
    }
}
