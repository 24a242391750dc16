using System.Text;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

public sealed class TaskTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_task_is_listed_with_an_empty_map_and_without_its_typed_parameters()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with
        {
            Priority = 10, MaxConcurrency = "1", TaskInvocationParameters = new() { RunCommand = new() { Parameters = Commands("df") } },
        });
        var wire = WindowServer.Wire((await _server.Run(new DescribeMaintenanceWindowTasks(), new() { WindowId = window })).Tasks![0]);
        Assert.Equal(
            $$"""{"WindowId":"{{window}}","WindowTaskId":"{{id}}","TaskArn":"AWS-RunShellScript","Type":"RUN_COMMAND","Targets":[{"Key":"InstanceIds","Values":["i-1"]}],"TaskParameters":{},"Priority":10,"ServiceRoleArn":"{{WindowServer.Role}}","MaxConcurrency":"1","MaxErrors":"1"}""",
            wire);
    }

    [Fact]
    public async Task A_task_is_read_exactly_as_it_was_registered()
    {
        var window = await _server.Window();
        var target = await _server.Target(window, WindowServer.By("tag:Env", "Prod"));
        var typed = new MaintenanceWindowTaskInvocationParameters
        {
            RunCommand = new()
            {
                Comment = "c",
                CloudWatchOutputConfig = new() { CloudWatchLogGroupName = "g", CloudWatchOutputEnabled = true },
                DocumentHash = "h",
                DocumentHashType = "Sha256",
                DocumentVersion = "$DEFAULT",
                NotificationConfig = new() { NotificationArn = "arn:aws:sns:us-east-1:123456789012:t", NotificationEvents = ["All"], NotificationType = "Invocation" },
                OutputS3BucketName = "bucket",
                OutputS3KeyPrefix = "prefix",
                Parameters = Commands("b {{WINDOW_ID}}", "a"),
                ServiceRoleArn = "arn:aws:iam::123456789012:role/sns",
                TimeoutSeconds = 3600,
            },
        };
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("WindowTargetIds", target)) with
        {
            TaskInvocationParameters = typed,
            TaskParameters = new Dictionary<string, MaintenanceWindowTaskParameterValueExpression> { ["commands"] = new() { Values = ["df"] } },
            LoggingInfo = new() { S3BucketName = "logs", S3Region = "us-east-1" },
            Name = "Task-1",
            Description = "D",
            CutoffBehavior = "CANCEL_TASK",
            AlarmConfiguration = new() { Alarms = [new() { Name = "cpu" }] },
            MaxErrors = "10%",
        });
        var task = await _server.Read(window, id);
        Assert.Equal(WindowServer.Wire(typed), WindowServer.Wire(task.TaskInvocationParameters!));
        var wire = WindowServer.Wire(task);
        Assert.Contains(""","TaskParameters":{"commands":{"Values":["df"]}},""", wire, StringComparison.Ordinal);
        Assert.EndsWith(
            ""","Priority":0,"MaxConcurrency":"2","MaxErrors":"10%","LoggingInfo":{"S3BucketName":"logs","S3Region":"us-east-1"},"Name":"Task-1","Description":"D","CutoffBehavior":"CANCEL_TASK","AlarmConfiguration":{"Alarms":[{"Name":"cpu"}]}}""",
            wire, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_of_every_type_come_back_unresolved()
    {
        var window = await _server.Window();
        MaintenanceWindowTaskInvocationParameters automation = new() { Automation = new() { DocumentVersion = "5", Parameters = new Dictionary<string, IReadOnlyList<string>> { ["InstanceId"] = ["{{RESOURCE_ID}}"] } } };
        MaintenanceWindowTaskInvocationParameters lambda = new() { Lambda = new() { ClientContext = "e30=", Qualifier = "$LATEST", Payload = Encoding.UTF8.GetBytes("{}") } };
        MaintenanceWindowTaskInvocationParameters machine = new() { StepFunctions = new() { Input = "{}", Name = "{{INVOCATION_ID}}" } };
        foreach (var (type, parameters) in new[] { ("AUTOMATION", automation), ("LAMBDA", lambda), ("STEP_FUNCTIONS", machine) })
        {
            var id = await _server.Register(WindowServer.Task(window) with { TaskType = type, TaskArn = "SSM", TaskInvocationParameters = parameters });
            var task = await _server.Read(window, id);
            Assert.Equal(WindowServer.Wire(parameters), WindowServer.Wire(task.TaskInvocationParameters!));
            Assert.Equal((type, "1", "1", null), (task.TaskType, task.MaxConcurrency, task.MaxErrors, task.Targets));
        }
    }

    [Fact]
    public async Task An_empty_notification_is_not_kept()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with
        {
            TaskInvocationParameters = new() { RunCommand = new() { Comment = "c", NotificationConfig = new() { NotificationEvents = [] } } },
        });
        Assert.Equal("""{"RunCommand":{"Comment":"c"}}""", WindowServer.Wire((await _server.Read(window, id)).TaskInvocationParameters!));
    }

    [Fact]
    public async Task Limits_belong_to_targets()
    {
        var window = await _server.Window(unassociated: true);
        var bare = WindowServer.Task(window) with { TaskType = "AUTOMATION" };
        Assert.Equal(
            "Maintenance window tasks without targets do not support MaxErrors values. Maintenance window tasks without targets do not support MaxConcurrency values.",
            await Invalid(bare with { MaxConcurrency = "1", MaxErrors = "1" }));
        Assert.Equal("Maintenance window tasks without targets do not support MaxConcurrency values.", await Invalid(bare with { MaxConcurrency = "1" }));
        Assert.Equal("Maintenance window tasks without targets do not support MaxErrors values.", await Invalid(bare with { MaxErrors = "1", Targets = [] }));
        var targeted = WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1"));
        Assert.EndsWith("; not given: MaxErrors.", await Invalid(targeted with { MaxErrors = null }), StringComparison.Ordinal);
        Assert.EndsWith("; not given: MaxConcurrency, MaxErrors.", await Invalid(targeted with { MaxErrors = null, MaxConcurrency = null }), StringComparison.Ordinal);
        Assert.Contains("'0%' at 'maxConcurrency'", await Invalid(targeted with { MaxConcurrency = "0%" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Targets_of_a_task_are_registered_or_nodes_where_the_window_allows_it()
    {
        var window = await _server.Window();
        Assert.Contains("need at least one target", await Invalid(WindowServer.Task(window)), StringComparison.Ordinal);
        Assert.Contains("does not allow unassociated targets", await Invalid(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1"))), StringComparison.Ordinal);
        Assert.Equal(
            "Unsupported target key: tag:Env. Supported keys of a task: WindowTargetIds, InstanceIds", await Invalid(WindowServer.Task(window, WindowServer.By("tag:Env", "x"))));
        Assert.Equal(
            "The maximum number of window targets is 10",
            await Invalid(WindowServer.Task(window, WindowServer.By("WindowTargetIds", [.. Enumerable.Repeat(WindowServer.NoId, 11)]))));
        var elsewhere = await _server.Target(await _server.Window(), WindowServer.By("tag-key", "a"));
        var refusal = await _server.Refused(
            new RegisterTaskWithMaintenanceWindow(), WindowServer.Task(window, WindowServer.By("WindowTargetIds", elsewhere)), "DoesNotExistException");
        Assert.Equal($"Target {elsewhere} does not exist", refusal.Message);
    }

    [Fact]
    public async Task Parameters_of_another_type_are_refused()
    {
        var window = await _server.Window(unassociated: true);
        var task = WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1"));
        Assert.Equal(
            "TaskInvocationParameters.Lambda does not fit a task of type RUN_COMMAND, which takes RunCommand.",
            await Invalid(task with { TaskInvocationParameters = new() { Lambda = new() } }));
        var id = await _server.Register(task);
        await _server.Refused(
            new UpdateMaintenanceWindowTask(), new() { WindowId = window, WindowTaskId = id, TaskInvocationParameters = new() { Automation = new() } }, "ValidationException");
    }

    [Fact]
    public async Task A_window_takes_as_many_tasks_as_the_quota_says_and_a_token_makes_one()
    {
        using var server = new WindowServer(Quotas.Open with { TasksPerWindow = 1 });
        var window = await server.Window(unassociated: true);
        var task = WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1"));
        var id = await server.Register(task with { ClientToken = "t" });
        Assert.Equal(id, await server.Register(task with { ClientToken = "t" }));
        await server.Refused(new RegisterTaskWithMaintenanceWindow(), task with { ClientToken = "t", Priority = 4 }, "IdempotentParameterMismatch");
        var refusal = await server.Refused(new RegisterTaskWithMaintenanceWindow(), task, "ResourceLimitExceededException");
        Assert.Equal("You have reached the maximum number of tasks in a maintenance window (1).", refusal.Message);
    }

    [Fact]
    public async Task Unknown_windows_and_tasks_are_named()
    {
        var window = await _server.Window();
        await _server.Refused(new RegisterTaskWithMaintenanceWindow(), WindowServer.Task(WindowServer.NoWindow, WindowServer.By("WindowTargetIds", "x")), "DoesNotExistException");
        foreach (var refusal in new[]
        {
            await _server.Refused(new GetMaintenanceWindowTask(), new() { WindowId = window, WindowTaskId = WindowServer.NoId }, "DoesNotExistException"),
            await _server.Refused(new UpdateMaintenanceWindowTask(), new() { WindowId = window, WindowTaskId = WindowServer.NoId }, "DoesNotExistException"),
            await _server.Refused(new DeregisterTaskFromMaintenanceWindow(), new() { WindowId = window, WindowTaskId = WindowServer.NoId }, "DoesNotExistException"),
        })
        {
            Assert.Equal($"Task {WindowServer.NoId} does not exist", refusal.Message);
        }
    }

    [Fact]
    public async Task Deregistering_removes_the_task()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")));
        await _server.Run(new DeregisterTaskFromMaintenanceWindow(), new() { WindowId = window, WindowTaskId = id });
        Assert.Empty((await _server.Run(new DescribeMaintenanceWindowTasks(), new() { WindowId = window })).Tasks!);
    }

    [Fact]
    public async Task Typed_parameters_are_replaced_as_a_whole_and_the_rest_stays()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with
        {
            Name = "Task-1", Priority = 3, TaskInvocationParameters = new() { RunCommand = new() { Comment = "c", OutputS3BucketName = "bucket" } },
        });
        var reply = await _server.Run(new UpdateMaintenanceWindowTask(), new()
        {
            WindowId = window, WindowTaskId = id, TaskInvocationParameters = new() { RunCommand = new() { Parameters = Commands("{{ssm:UpdateLevel}}") } },
        });
        Assert.Equal(
            $$$$"""{"WindowId":"{{{{window}}}}","WindowTaskId":"{{{{id}}}}","Targets":[{"Key":"InstanceIds","Values":["i-1"]}],"TaskArn":"AWS-RunShellScript","ServiceRoleArn":"{{{{WindowServer.Role}}}}","TaskParameters":{},"TaskInvocationParameters":{"RunCommand":{"Parameters":{"commands":["{{ssm:UpdateLevel}}"]}}},"Priority":3,"MaxConcurrency":"2","MaxErrors":"1","Name":"Task-1"}""",
            WindowServer.Wire(reply));
    }

    [Fact]
    public async Task Replace_clears_what_is_not_sent_and_asks_for_limits_again()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with
        {
            Name = "Task-1", Description = "D", Priority = 3, CutoffBehavior = "CANCEL_TASK", TaskInvocationParameters = new() { RunCommand = new() },
            LoggingInfo = new() { S3BucketName = "logs", S3Region = "us-east-1" },
        });
        UpdateMaintenanceWindowTask.Request replace = new()
        {
            WindowId = window, WindowTaskId = id, Replace = true, TaskArn = "AWS-RunPowerShellScript", ServiceRoleArn = WindowServer.Role,
            Targets = [WindowServer.By("InstanceIds", "i-2")], MaxConcurrency = "5", MaxErrors = "0",
        };
        var refusal = await _server.Refused(new UpdateMaintenanceWindowTask(), replace with { TaskArn = null }, "ValidationException");
        Assert.Equal("1 validation error detected: Value null at 'taskArn' failed to satisfy constraint: Member must not be null", refusal.Message);
        await _server.Refused(new UpdateMaintenanceWindowTask(), replace with { MaxErrors = null }, "ValidationException");
        await _server.Refused(new UpdateMaintenanceWindowTask(), replace with { Targets = null, MaxErrors = null, MaxConcurrency = null }, "ValidationException");
        Assert.Equal(
            $$"""{"WindowId":"{{window}}","WindowTaskId":"{{id}}","Targets":[{"Key":"InstanceIds","Values":["i-2"]}],"TaskArn":"AWS-RunPowerShellScript","ServiceRoleArn":"{{WindowServer.Role}}","TaskParameters":{},"Priority":0,"MaxConcurrency":"5","MaxErrors":"0"}""",
            WindowServer.Wire(await _server.Run(new UpdateMaintenanceWindowTask(), replace)));
    }

    [Fact]
    public async Task Targets_can_be_taken_from_a_task_and_given_back_with_limits_of_its_own()
    {
        var window = await _server.Window(unassociated: true);
        var id = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with { TaskType = "AUTOMATION", MaxConcurrency = "7" });
        var reply = await _server.Run(new UpdateMaintenanceWindowTask(), new() { WindowId = window, WindowTaskId = id, Targets = [] });
        Assert.Equal((null, "1", "1"), (reply.Targets, reply.MaxConcurrency, reply.MaxErrors));
        UpdateMaintenanceWindowTask.Request back = new() { WindowId = window, WindowTaskId = id, Targets = [WindowServer.By("InstanceIds", "i-1")] };
        await _server.Refused(new UpdateMaintenanceWindowTask(), back, "ValidationException");
        Assert.Equal("4", (await _server.Run(new UpdateMaintenanceWindowTask(), back with { MaxConcurrency = "4", MaxErrors = "2" })).MaxConcurrency);
    }

    [Fact]
    public async Task Filters_are_exact_and_must_all_hold()
    {
        var window = await _server.Window(unassociated: true);
        var shell = await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "i-1")) with { Priority = 1 });
        var lambda = await _server.Register(WindowServer.Task(window) with { TaskType = "LAMBDA", TaskArn = "SSMf", Priority = 10 });
        Assert.Equal([shell], await Ids(("TaskArn", "AWS-RunShellScript")));
        Assert.Equal([lambda], await Ids(("Priority", "10")));
        Assert.Equal([shell], await Ids(("Priority", "1"), ("TaskType", "RUN_COMMAND")));
        Assert.Equal([lambda], await Ids(("WindowTaskId", lambda)));
        Assert.Empty(await Ids(("TaskArn", "AWS-Run")));
        var refusal = await _server.Refused(
            new DescribeMaintenanceWindowTasks(), new() { WindowId = window, Filters = [new() { Key = "Name", Values = ["x"] }] }, "ValidationException");
        Assert.Equal("Unsupported filter key: Name. Supported keys: WindowTaskId, TaskArn, Priority, TaskType", refusal.Message);

        async Task<List<string>> Ids(params (string Key, string Value)[] filters) =>
            [.. (await _server.Run(new DescribeMaintenanceWindowTasks(), new()
            {
                WindowId = window, Filters = [.. filters.Select(f => new MaintenanceWindowFilter { Key = f.Key, Values = [f.Value] })],
            })).Tasks!.Select(t => t.WindowTaskId!)];
    }

    private static Dictionary<string, IReadOnlyList<string>> Commands(params string[] lines) => new() { ["commands"] = lines };

    private async Task<string> Invalid(RegisterTaskWithMaintenanceWindow.Request request) =>
        (await _server.Refused(new RegisterTaskWithMaintenanceWindow(), request, "ValidationException")).Message;
}
