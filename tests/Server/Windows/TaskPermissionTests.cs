using Casement.Server.Operations;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

public sealed class TaskPermissionTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_role_is_registered_by_those_who_may_pass_it()
    {
        var task = await Task();
        await _server.Register(task, await _server.UserWhoMay("ssm:*", "iam:PassRole"));
        var user = await _server.UserWhoMay("ssm:*");
        var refusal = await _server.Refused(new RegisterTaskWithMaintenanceWindow(), task, "AccessDeniedException", user);
        Assert.Equal(
            $"User: {user.Arn} is not authorized to perform: iam:PassRole on resource: {WindowServer.Role} because no identity-based policy allows the iam:PassRole action",
            refusal.Message);
    }

    [Theory]
    [InlineData("ssm.amazonaws.com", true)]
    [InlineData("lambda.amazonaws.com", false)]
    public async Task The_role_is_passed_to_Systems_Manager(string service, bool allowed)
    {
        var user = await _server.UserWith(
            $$$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"{{{{service}}}}"}}}]}""");
        if (allowed)
        {
            await _server.Register(await Task(), user);
        }
        else
        {
            await _server.Refused(new RegisterTaskWithMaintenanceWindow(), await Task(), "AccessDeniedException", user);
        }
    }

    [Fact]
    public async Task The_role_for_notifications_is_passed_too()
    {
        const string Notifier = "arn:aws:iam::123456789012:role/sns-role-name";
        var user = await MayPass(WindowServer.Role);
        var task = await Task() with { TaskInvocationParameters = new() { RunCommand = new() { ServiceRoleArn = Notifier } } };
        var refusal = await _server.Refused(new RegisterTaskWithMaintenanceWindow(), task, "AccessDeniedException", user);
        Assert.Contains($"iam:PassRole on resource: {Notifier} ", refusal.Message, StringComparison.Ordinal);
        await _server.Register(task, await MayPass(WindowServer.Role, Notifier));
    }

    [Fact]
    public async Task Without_a_role_the_service_linked_one_is_made_with_the_callers_permission_and_said_so()
    {
        var task = await Task() with { ServiceRoleArn = null };
        var refusal = await _server.Refused(new RegisterTaskWithMaintenanceWindow(), task, "AccessDeniedException", await _server.UserWhoMay("ssm:*"));
        Assert.Contains($"iam:CreateServiceLinkedRole on resource: {WindowServer.ServiceLinkedRole} ", refusal.Message, StringComparison.Ordinal);

        var id = await _server.Register(task, await _server.UserWhoMay("ssm:*", "iam:CreateServiceLinkedRole"));
        Assert.Equal(WindowServer.ServiceLinkedRole, (await _server.Read(task.WindowId!, id)).ServiceRoleArn);

        // now that it is there nobody needs a permission for it
        await _server.Register(task, await _server.UserWhoMay("ssm:*"));
        Assert.Contains("service-linked role", Assert.Single(_server.LastHeaders, h => h.Key == "x-casement-warning").Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Naming_the_service_linked_role_needs_the_permission_to_pass_it() =>
        await _server.Refused(
            new RegisterTaskWithMaintenanceWindow(), await Task() with { ServiceRoleArn = WindowServer.ServiceLinkedRole }, "AccessDeniedException",
            await _server.UserWhoMay("ssm:*", "iam:CreateServiceLinkedRole"));

    [Fact]
    public async Task Whoever_may_not_pass_the_stored_role_may_not_change_what_runs_under_it()
    {
        var task = await Task();
        var id = await _server.Register(task);
        UpdateMaintenanceWindowTask.Request update = new() { WindowId = task.WindowId, WindowTaskId = id };
        var user = await _server.UserWhoMay("ssm:*");
        UpdateMaintenanceWindowTask.Request[] changes =
        [
            update with { TaskArn = "Other" },
            update with { Targets = [WindowServer.By("InstanceIds", "i-2")] },
            update with { TaskInvocationParameters = new() { RunCommand = new() { Comment = "c" } } },
            update with { TaskParameters = new Dictionary<string, MaintenanceWindowTaskParameterValueExpression> { ["commands"] = new() { Values = ["id"] } } },
        ];
        foreach (var change in changes)
        {
            var refusal = await _server.Refused(new UpdateMaintenanceWindowTask(), change, "AccessDeniedException", user);
            Assert.Contains($"iam:PassRole on resource: {WindowServer.Role} ", refusal.Message, StringComparison.Ordinal);
            await _server.Run(new UpdateMaintenanceWindowTask(), change, await MayPass(WindowServer.Role));
        }
    }

    [Fact]
    public async Task What_does_not_change_what_runs_needs_no_role_to_be_passed()
    {
        var task = await Task();
        var id = await _server.Register(task);
        var user = await _server.UserWhoMay("ssm:*");
        var reply = await _server.Run(
            new UpdateMaintenanceWindowTask(),
            new() { WindowId = task.WindowId, WindowTaskId = id, Description = "new", Priority = 4, TaskArn = task.TaskArn, Targets = task.Targets }, user);
        Assert.Equal(("new", 4), (reply.Description, reply.Priority));
    }

    [Fact]
    public async Task A_new_role_is_passed_and_the_old_one_is_not()
    {
        const string Other = "arn:aws:iam::123456789012:role/other";
        var task = await Task();
        var id = await _server.Register(task);
        UpdateMaintenanceWindowTask.Request update = new() { WindowId = task.WindowId, WindowTaskId = id, ServiceRoleArn = Other, TaskArn = "Other" };
        await _server.Refused(new UpdateMaintenanceWindowTask(), update, "AccessDeniedException", await MayPass(WindowServer.Role));
        Assert.Equal(Other, (await _server.Run(new UpdateMaintenanceWindowTask(), update, await MayPass(Other))).ServiceRoleArn);
    }

    [Fact]
    public async Task Replace_without_a_role_falls_back_to_the_service_linked_one()
    {
        var task = await Task();
        var id = await _server.Register(task);
        UpdateMaintenanceWindowTask.Request update = new()
        {
            WindowId = task.WindowId, WindowTaskId = id, Replace = true, TaskArn = "Other", Targets = task.Targets, MaxConcurrency = "1", MaxErrors = "1",
        };
        await _server.Refused(new UpdateMaintenanceWindowTask(), update, "AccessDeniedException", await _server.UserWhoMay("ssm:*"));
        var reply = await _server.Run(new UpdateMaintenanceWindowTask(), update, await _server.UserWhoMay("ssm:*", "iam:CreateServiceLinkedRole"));
        Assert.Equal(WindowServer.ServiceLinkedRole, reply.ServiceRoleArn);
    }

    [Fact]
    public async Task Changing_a_task_needs_permission_on_window_and_task()
    {
        var task = await Task();
        var id = await _server.Register(task);
        var user = await _server.UserWith(
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ssm:*:*:maintenancewindow/*"}]}""");
        foreach (var refusal in new[]
        {
            await _server.Refused(new UpdateMaintenanceWindowTask(), new() { WindowId = task.WindowId, WindowTaskId = id }, "AccessDeniedException", user),
            await _server.Refused(new DeregisterTaskFromMaintenanceWindow(), new() { WindowId = task.WindowId, WindowTaskId = id }, "AccessDeniedException", user),
        })
        {
            Assert.Contains($"on resource: arn:aws:ssm:us-east-1:123456789012:windowtask/{id} because", refusal.Message, StringComparison.Ordinal);
        }

        await _server.Run(new GetMaintenanceWindowTask(), new() { WindowId = task.WindowId, WindowTaskId = id }, user);
    }

    private async Task<RegisterTaskWithMaintenanceWindow.Request> Task() =>
        WindowServer.Task(await _server.Window(unassociated: true), WindowServer.By("InstanceIds", "i-1"));

    private Task<Principal.User> MayPass(params string[] roles) => _server.UserWith(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":["{{string.Join("\",\"", roles)}}"]}]}""");
}
