using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>The engine calls as the task's role, as that role is at the moment: what it may no longer do does not happen.</summary>
[Collection(nameof(Fleet))]
public sealed class RoleTests(Fleet fleet)
{
    [Fact]
    public async Task A_role_that_lost_SendCommand_after_registration_fails_the_invocation_with_the_denial()
    {
        var role = await fleet.Api.Role("loses-permission", "ssm:SendCommand");
        var window = await Registered("loses-permission", role);
        await fleet.Api.Iam("DeleteRolePolicy", ("RoleName", "loses-permission"), ("PolicyName", "work"));
        await fleet.Api.OpenSoon(window);

        var (execution, invocation) = await fleet.Api.OnlyInvocation(window);
        Assert.Equal("FAILED", execution.Text("Status"));
        Assert.Equal("One or more tasks in the orchestration failed.", execution.Text("StatusDetails"));
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.StartsWith(
            "The provided role does not contain the correct SSM permissions. "
            + $"User: arn:aws:sts::{fleet.Server.Account}:assumed-role/loses-permission/OrchestrationService is not authorized to perform: ssm:SendCommand on resource: ",
            invocation.Text("StatusDetails"), StringComparison.Ordinal);
        Assert.Equal("", invocation.Text("ExecutionId"));
        Assert.False(File.Exists(fleet.Scratch("loses-permission")));
    }

    [Fact]
    public async Task A_role_that_no_longer_trusts_the_service_is_not_assumed()
    {
        var role = await fleet.Api.Role("loses-trust", "ssm:SendCommand");
        var window = await Registered("loses-trust", role);
        await fleet.Api.Iam(
            "UpdateAssumeRolePolicy", ("RoleName", "loses-trust"),
            ("PolicyDocument", WindowCalls.Trust.Replace("ssm.amazonaws.com", "lambda.amazonaws.com", StringComparison.Ordinal)));
        await fleet.Api.OpenSoon(window);

        var (_, invocation) = await fleet.Api.OnlyInvocation(window);
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.Equal($"The role {role} could not be assumed: its trust policy does not allow ssm.amazonaws.com.", invocation.Text("StatusDetails"));
        Assert.False(File.Exists(fleet.Scratch("loses-trust")));
    }

    [Fact]
    public async Task A_deleted_role_is_named_as_missing()
    {
        var role = await fleet.Api.Role("goes-away", "ssm:SendCommand");
        var window = await Registered("goes-away", role);
        await fleet.Api.Iam("DeleteRolePolicy", ("RoleName", "goes-away"), ("PolicyName", "work"));
        await fleet.Api.Iam("DeleteRole", ("RoleName", "goes-away"));
        await fleet.Api.OpenSoon(window);

        var (_, invocation) = await fleet.Api.OnlyInvocation(window);
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.Equal($"The role {role} could not be assumed: it does not exist.", invocation.Text("StatusDetails"));
    }

    [Fact]
    public async Task The_same_task_under_a_role_that_may_runs()
    {
        var window = await Registered("may-send", fleet.Role);
        await fleet.Api.OpenSoon(window);
        var (_, invocation) = await fleet.Api.OnlyInvocation(window);
        Assert.Equal("SUCCESS", invocation.Text("Status"));
        var command = Assert.Single((await fleet.Api.Ssm("ListCommands", new { CommandId = invocation.Text("ExecutionId") })).List("Commands"));
        Assert.Equal("Success", command.Text("Status"));
        Assert.True(File.Exists(fleet.Scratch("may-send")));
    }

    private async Task<string> Registered(string name, string role)
    {
        var window = await fleet.Api.IdleWindow(name);
        var target = await fleet.Api.Target(window, "InstanceIds", fleet.Ids[0]);
        await fleet.Api.Task(window, new TaskTerms { Role = role }, $"touch {fleet.Scratch(name)}", "WindowTargetIds", target);
        return window;
    }
}
