using System.Security.Cryptography;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>Cutoff and overlap, read through the stock CLI, on a clock that is moved while a script really runs.</summary>
public sealed class CutoffTests(ManualStage stage) : IClassFixture<ManualStage>
{
    private const string BeforeStart = "The cutoff time was reached before the task started.";
    private const string WhileRunning = "The cutoff time was reached before the task ended.";

    private readonly Api _api = stage.Api;

    [Fact]
    public async Task CONTINUE_TASK_goes_on_past_the_cutoff_and_tasks_not_started_time_out()
    {
        var path = stage.Scratch("continue");
        var window = await _api.IdleWindow("continue");
        var terms = new TaskTerms { Role = stage.Role, Behavior = "CONTINUE_TASK" };
        // its second target is reached after the cutoff
        var first = await _api.Target(window, "InstanceIds", stage.Node);
        var second = await _api.Target(window, "InstanceIds", stage.Node);
        await _api.Task(window, terms with { Priority = 1 }, WindowCalls.Gated(path), "WindowTargetIds", first, second);
        await _api.Task(window, terms with { Priority = 2 }, $"touch {path}.late", "InstanceIds", stage.Node);
        await stage.Open(window);
        await WindowCalls.HasStarted(path);
        await stage.Advance("PT1H");
        var id = Assert.Single(await _api.Executions(window)).Text("WindowExecutionId");
        var tasks = await Tasks(id);
        Assert.Equal(("IN_PROGRESS", ""), tasks[0]);
        Assert.Equal(("TIMED_OUT", BeforeStart), tasks[1]);

        WindowCalls.LetGo(path);
        Assert.Equal("TIMED_OUT", (await _api.Run(window)).Text("Status"));
        Assert.Equal([("SUCCESS", ""), ("TIMED_OUT", BeforeStart)], await Tasks(id));
        Assert.Equal(["start", "end", "start", "end"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
        Assert.False(File.Exists($"{path}.late"));
    }

    [Fact]
    public async Task CANCEL_TASK_cancels_the_command_as_the_role_and_starts_nothing_more()
    {
        var path = stage.Scratch("cancel");
        var window = await _api.IdleWindow("cancel");
        var first = await _api.Target(window, "InstanceIds", stage.Node);
        var second = await _api.Target(window, "InstanceIds", stage.Node);
        await _api.Task(
            window, new TaskTerms { Role = stage.Role, Behavior = "CANCEL_TASK" }, WindowCalls.Gated(path), "WindowTargetIds", first, second);
        await stage.Open(window);
        await WindowCalls.HasStarted(path);
        await stage.Advance("PT1H");

        var execution = await _api.Run(window);
        Assert.Equal("TIMED_OUT", execution.Text("Status"));
        Assert.Equal([("TIMED_OUT", WhileRunning)], await Tasks(execution.Text("WindowExecutionId")));
        var task = Assert.Single(await _api.TasksOf(execution.Text("WindowExecutionId")));
        var invocations = await _api.InvocationsOf(execution.Text("WindowExecutionId"), task);
        Assert.Equal(2, invocations.Count);
        var ran = invocations.Single(i => i.Text("WindowTargetId") == first);
        Assert.Equal("CANCELLED", ran.Text("Status"));
        var never = invocations.Single(i => i.Text("WindowTargetId") == second);
        Assert.Equal("TIMED_OUT", never.Text("Status"));
        Assert.Equal("The cutoff time was reached before the invocation started.", never.Text("StatusDetails"));
        var result = await _api.Ssm("GetCommandInvocation", new { CommandId = ran.Text("ExecutionId"), InstanceId = stage.Node });
        Assert.Equal("Cancelled", result.Text("Status"));
        Assert.Equal(["start"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_role_without_CancelCommand_lets_the_command_go_on_and_the_details_say_so()
    {
        var path = stage.Scratch("refused");
        var role = await _api.Role("may-not-cancel", "ssm:SendCommand");
        var window = await _api.IdleWindow("refused");
        await _api.Task(window, new TaskTerms { Role = role, Behavior = "CANCEL_TASK" }, WindowCalls.Gated(path), "InstanceIds", stage.Node);
        await stage.Open(window);
        await WindowCalls.HasStarted(path);
        await stage.Advance("PT1H");
        var id = Assert.Single(await _api.Executions(window)).Text("WindowExecutionId");
        var (status, details) = Assert.Single(await Tasks(id));
        Assert.Equal("IN_PROGRESS", status);
        Assert.Contains("ssm:CancelCommand", details, StringComparison.Ordinal);

        WindowCalls.LetGo(path);
        Assert.Equal("TIMED_OUT", (await _api.Run(window)).Text("Status"));
        (status, details) = Assert.Single(await Tasks(id));
        Assert.Equal("TIMED_OUT", status);
        Assert.Contains("ssm:CancelCommand", details, StringComparison.Ordinal);
        Assert.Equal(["start", "end"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_occurrence_that_finds_the_previous_run_going_is_skipped_and_names_it()
    {
        var path = stage.Scratch("overlap");
        var window = await _api.Window("overlap", "rate(1 hour)", duration: 1, cutoff: 0);
        await _api.Task(
            window, new TaskTerms { Role = stage.Role, Behavior = "CONTINUE_TASK" }, WindowCalls.Gated(path), "InstanceIds", stage.Node);
        await stage.Advance("PT1H");
        await WindowCalls.HasStarted(path);
        var first = Assert.Single(await _api.Executions(window));
        await stage.Advance("PT1H");

        var runs = (await stage.Server.Aws().Run("ssm", "describe-maintenance-window-executions", "--window-id", window))
            .Succeeded().Json.List("WindowExecutions");
        Assert.Equal(2, runs.Count);
        var skipped = runs.Single(run => run.Text("WindowExecutionId") != first.Text("WindowExecutionId"));
        Assert.Equal("SKIPPED_OVERLAPPING", skipped.Text("Status"));
        Assert.Equal($"The previous execution {first.Text("WindowExecutionId")} had not ended.", skipped.Text("StatusDetails"));
        Assert.Equal(skipped.Text("StartTime"), skipped.Text("EndTime"));
        Assert.Equal("IN_PROGRESS", runs.Single(run => run.Text("WindowExecutionId") == first.Text("WindowExecutionId")).Text("Status"));

        WindowCalls.LetGo(path);
        await Eventually.Is(async () => (await _api.Executions(window)).Count(run => run.Text("Status") == "SUCCESS"), count => count == 1);
        await _api.Ssm("UpdateMaintenanceWindow", new { WindowId = window, Enabled = false });
    }

    [Fact]
    public async Task A_node_that_never_asks_for_its_command_times_the_run_out_at_the_delivery_deadline()
    {
        var activation = await _api.Ssm("CreateActivation", new { IamRole = TestNode.Role });
        using var key = RSA.Create(2048);
        var silent = (await _api.TryUnsigned("RegisterManagedInstance", new
        {
            ActivationId = activation.Text("ActivationId"),
            ActivationCode = activation.Text("ActivationCode"),
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
        })).Member("InstanceId");
        var window = await _api.Window("silent", "cron(0 4 1 1 ? 2099)", duration: 24, cutoff: 0);
        await _api.Task(window, new TaskTerms { Role = stage.Role }, "true", "InstanceIds", silent);
        var opened = await stage.Open(window);
        // an hour is the default that a command waits for its node
        await stage.Advance("PT59M59S");
        Assert.Equal("IN_PROGRESS", Assert.Single(await _api.Executions(window)).Text("Status"));
        await stage.Advance("PT1S");
        var (execution, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("TIMED_OUT", execution.Text("Status"));
        Assert.Equal(TimeSpan.FromHours(1), execution.Time("EndTime") - opened);
        Assert.Equal(("TIMED_OUT", "DeliveryTimedOut"), (invocation.Text("Status"), invocation.Text("StatusDetails")));
    }

    // in the order of their priorities, as the CLI shows them
    private async Task<List<(string Status, string Details)>> Tasks(string execution)
    {
        var listed = (await stage.Server.Aws().Run("ssm", "describe-maintenance-window-execution-tasks", "--window-execution-id", execution))
            .Succeeded().Json.List("WindowExecutionTaskIdentities");
        var read = new List<(int Priority, string Status, string Details)>();
        foreach (var task in listed)
        {
            var whole = await _api.Ssm("GetMaintenanceWindowExecutionTask", new { WindowExecutionId = execution, TaskId = task.Text("TaskExecutionId") });
            Assert.Equal(task.Text("Status"), whole.Text("Status"));
            read.Add((whole.GetProperty("Priority").GetInt32(), whole.Text("Status"), whole.Text("StatusDetails")));
        }

        return [.. read.OrderBy(task => task.Priority).Select(task => (task.Status, task.Details))];
    }
}
