using Casement.Server.Engine;
using Casement.Server.Ssm.Windows;

namespace Casement.Server.Tests.Windows;

/// <summary>Executions as clients read them; the engine's own openings make the rows, and what nodes would add is written beside.</summary>
public sealed class ExecutionReadTests : IDisposable
{
    private readonly WindowServer _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Executions_are_listed_newest_first_page_by_page()
    {
        var window = await _server.Window(schedule: "rate(1 hour)");
        List<string> opened = [];
        for (var i = 0; i < 26; i++)
        {
            opened.Insert(0, await Open());
        }

        List<string> seen = [];
        string? token = null;
        do
        {
            var page = await _server.Run(new DescribeMaintenanceWindowExecutions(), new() { WindowId = window, MaxResults = 10, NextToken = token });
            seen.AddRange(page.WindowExecutions!.Select(e => e.WindowExecutionId!));
            if (token is null)
            {
                await Open();
            }

            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(opened, seen);
    }

    [Fact]
    public async Task Executions_are_filtered_by_their_start()
    {
        var window = await _server.Window(schedule: "rate(1 hour)");
        var (first, second, third) = (await Open(), await Open(), await Open());
        Assert.Equal([first], await Ids(("ExecutedBefore", "2026-03-02T12:00:00.137Z")));
        Assert.Equal([third], await Ids(("ExecutedAfter", "2026-03-02T12:30Z")));
        Assert.Equal([second], await Ids(("ExecutedAfter", "2026-03-02T11:30:00Z"), ("ExecutedBefore", "2026-03-02T12:30:00Z")));
        await _server.Refused(
            new DescribeMaintenanceWindowExecutions(), new() { WindowId = window, Filters = [new() { Key = "ExecutedAfter", Values = ["noon"] }] }, "ValidationException");
        var refusal = await _server.Refused(
            new DescribeMaintenanceWindowExecutions(), new() { WindowId = window, Filters = [new() { Key = "Status", Values = ["x"] }] }, "ValidationException");
        Assert.Equal("Unsupported filter key: Status. Supported keys: ExecutedBefore, ExecutedAfter", refusal.Message);

        async Task<List<string>> Ids(params (string Key, string Value)[] filters) =>
            [.. (await _server.Run(new DescribeMaintenanceWindowExecutions(), new()
            {
                WindowId = window, Filters = [.. filters.Select(f => new MaintenanceWindowFilter { Key = f.Key, Values = [f.Value] })],
            })).WindowExecutions!.Select(e => e.WindowExecutionId!)];
    }

    [Fact]
    public async Task An_unknown_window_has_no_executions_and_a_deleted_one_lists_none_but_they_stay_readable()
    {
        Assert.Empty((await _server.Run(new DescribeMaintenanceWindowExecutions(), new() { WindowId = WindowServer.NoWindow })).WindowExecutions!);
        var window = await _server.Window(schedule: "rate(1 hour)");
        var execution = await Open();
        await _server.Run(new DeleteMaintenanceWindow(), new() { WindowId = window });
        Assert.Empty((await _server.Run(new DescribeMaintenanceWindowExecutions(), new() { WindowId = window })).WindowExecutions!);
        Assert.Equal(execution, (await _server.Run(new GetMaintenanceWindowExecution(), new() { WindowExecutionId = execution })).WindowExecutionId);
    }

    [Fact]
    public async Task An_execution_tells_its_tasks_in_order_of_running_and_each_task_its_definition()
    {
        var window = await _server.Window(unassociated: true, schedule: "rate(1 hour)");
        await _server.Register(WindowServer.Task(window) with { TaskType = "AUTOMATION", TaskArn = "Second", Priority = 2 });
        await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "mi-1")) with
        {
            Priority = 1, TaskInvocationParameters = new() { RunCommand = new() { Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["df"] } } },
        });
        var execution = await Open();
        var view = await _server.Run(new GetMaintenanceWindowExecution(), new() { WindowExecutionId = execution });
        Assert.Equal(("PENDING", null), (view.Status, view.EndTime));
        var tasks = (await _server.Run(new DescribeMaintenanceWindowExecutionTasks(), new() { WindowExecutionId = execution })).WindowExecutionTaskIdentities!;
        Assert.Equal(view.TaskIds, tasks.Select(t => t.TaskExecutionId));
        Assert.Equal([("AWS-RunShellScript", "RUN_COMMAND", "PENDING"), ("Second", "AUTOMATION", "PENDING")], tasks.Select(t => (t.TaskArn, t.TaskType, t.Status)));
        Assert.Equal(
            $$$"""{"WindowExecutionId":"{{{execution}}}","TaskExecutionId":"{{{view.TaskIds![0]}}}","TaskArn":"AWS-RunShellScript","ServiceRole":"{{{WindowServer.Role}}}","Type":"RUN_COMMAND","TaskParameters":[{"commands":{"Values":["df"]}}],"Priority":1,"MaxConcurrency":"2","MaxErrors":"1","Status":"PENDING"}""",
            WindowServer.Wire(await _server.Run(new GetMaintenanceWindowExecutionTask(), new() { WindowExecutionId = execution, TaskId = view.TaskIds[0] })));
    }

    [Fact]
    public async Task Invocations_tell_their_command_its_request_and_whose_target_it_was()
    {
        var window = await _server.Window(unassociated: true, schedule: "rate(1 hour)");
        await _server.Register(WindowServer.Task(window, WindowServer.By("InstanceIds", "mi-1")));
        var execution = await Open();
        var task = (await _server.Run(new GetMaintenanceWindowExecution(), new() { WindowExecutionId = execution })).TaskIds![0];
        string[] ids = ["10000000-0000-4000-8000-000000000000", "20000000-0000-4000-8000-000000000000"];
        await Invocation(execution, task, ids[0], 0, "SUCCESS", "c0000000-0000-4000-8000-000000000000", """{"DocumentName":"AWS-RunShellScript","InstanceIds":["mi-1"],"MaxErrors":"1","Parameters":{"Level":["<a>"],"commands":["echo 1"]}}""");
        await Invocation(execution, task, ids[1], 1, "FAILED", null, null);
        var invocations = (await _server.Run(
            new DescribeMaintenanceWindowExecutionTaskInvocations(), new() { WindowExecutionId = execution, TaskId = task })).WindowExecutionTaskInvocationIdentities!;
        Assert.Equal(ids, invocations.Select(i => i.InvocationId));
        var one = await _server.Run(
            new GetMaintenanceWindowExecutionTaskInvocation(), new() { WindowExecutionId = execution, TaskId = task, InvocationId = ids[0] });
        Assert.Equal(WindowServer.Wire(invocations[0]), WindowServer.Wire(one));
        Assert.Equal(
            ("c0000000-0000-4000-8000-000000000000", "RUN_COMMAND", "SUCCESS", "Success", "owner", "t-1"),
            (one.ExecutionId, one.TaskType, one.Status, one.StatusDetails, one.OwnerInformation, one.WindowTargetId));
        Assert.Equal("""{"documentName":"AWS-RunShellScript","instanceIds":["mi-1"],"maxErrors":"1","parameters":{"Level":["<a>"],"commands":["echo 1"]}}""", one.Parameters);

        // what the task shows is what its command was sent, with the nodes that it reached
        var parameters = (await _server.Run(new GetMaintenanceWindowExecutionTask(), new() { WindowExecutionId = execution, TaskId = task })).TaskParameters![0];
        Assert.Equal(["echo 1"], parameters["commands"].Values);
        Assert.Equal(["mi-1", "mi-2"], parameters["aws:InstanceId"].Values);

        Assert.Equal([ids[1]], (await _server.Run(new DescribeMaintenanceWindowExecutionTaskInvocations(), new()
        {
            WindowExecutionId = execution, TaskId = task, Filters = [new() { Key = "STATUS", Values = ["FAILED", "TIMED_OUT"] }],
        })).WindowExecutionTaskInvocationIdentities!.Select(i => i.InvocationId));
        await _server.Refused(
            new DescribeMaintenanceWindowExecutionTaskInvocations(),
            new() { WindowExecutionId = execution, TaskId = task, Filters = [new() { Key = "STATUS", Values = ["Failed"] }] }, "ValidationException");
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        await _server.Window(unassociated: true, schedule: "rate(1 hour)");
        var execution = await Open();
        var refusal = await _server.Refused(new GetMaintenanceWindowExecution(), new() { WindowExecutionId = WindowServer.NoId }, "DoesNotExistException");
        Assert.Equal($"Maintenance window execution {WindowServer.NoId} does not exist", refusal.Message);
        await _server.Refused(new DescribeMaintenanceWindowExecutionTasks(), new() { WindowExecutionId = WindowServer.NoId }, "DoesNotExistException");
        refusal = await _server.Refused(
            new GetMaintenanceWindowExecutionTask(), new() { WindowExecutionId = execution, TaskId = WindowServer.NoId }, "DoesNotExistException");
        Assert.Equal($"Task {WindowServer.NoId} does not exist", refusal.Message);
        await _server.Refused(
            new DescribeMaintenanceWindowExecutionTaskInvocations(), new() { WindowExecutionId = execution, TaskId = WindowServer.NoId }, "DoesNotExistException");
        await _server.Refused(
            new GetMaintenanceWindowExecutionTaskInvocation(),
            new() { WindowExecutionId = execution, TaskId = WindowServer.NoId, InvocationId = WindowServer.NoId }, "DoesNotExistException");
    }

    [Fact]
    public async Task A_cancel_is_stored_once_wakes_the_execution_and_rings_its_bell()
    {
        await _server.Window(schedule: "rate(1 hour)");
        var execution = await Open();
        Assert.Equal(execution, (await _server.Run(new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = execution })).WindowExecutionId);
        await _server.Run(new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = execution });
        Assert.Equal([execution], _server.ExecutionBells);
        var stored = _server.Database.Read(tx => Storage.Executions.Load(tx, execution))!;
        Assert.Equal(_server.Backstage.Clock.Now, stored.State.CancelRequestedAt);
        Assert.Equal(_server.Backstage.Clock.NowMs, stored.WakeMs);
    }

    [Fact]
    public async Task A_cancel_is_allowed_on_the_window_and_unknown_executions_on_the_region()
    {
        var window = await _server.Window(schedule: "rate(1 hour)");
        var execution = await Open();
        var user = await _server.UserWith(
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"arn:aws:ssm:us-east-1:123456789012:maintenancewindow/{{window}}"}]}""");
        await _server.Run(new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = execution }, user);
        var refusal = await _server.Refused(new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = WindowServer.NoId }, "AccessDeniedException", user);
        Assert.Contains("on resource: arn:aws:ssm:us-east-1:123456789012:* because", refusal.Message, StringComparison.Ordinal);
        await _server.Refused(
            new CancelMaintenanceWindowExecution(), new() { WindowExecutionId = WindowServer.NoId }, "DoesNotExistException", await _server.UserWhoMay("ssm:*"));
    }

    /// <summary>Moves the clock to the next opening and lets it open; what was open before is brought to an end by hand.</summary>
    private async Task<string> Open()
    {
        await _server.Database.Write(tx => tx.Execute("UPDATE executions SET final=1, status='SUCCESS', end_ms=start_ms+1, wake_ms=NULL WHERE final=0"));
        _server.Time.MoveTo(_server.Time.GetUtcNow().AddHours(1));
        return Assert.Single(await _server.Database.Write(tx => WindowOpenings.OpenDue(tx, _server.Backstage, _server.Backstage.Clock.Now).Opened));
    }

    private Task Invocation(string execution, string task, string id, int ordinal, string status, string? command, string? parameters) => _server.Database.Write(tx =>
    {
        tx.Execute(
            """
            INSERT INTO invocations(task_execution_id, invocation_id, execution_id, ordinal, target_id, command_id, status, details, start_ms, end_ms, parameters, doc)
            VALUES($1,$2,$3,$4,'t-1',$5,$6,'Success',1,2,$7,'{"TaskType":"RUN_COMMAND","OwnerInformation":"owner"}')
            """,
            task, id, execution, (long)ordinal, command, status, parameters);
        if (command is not null)
        {
            tx.Execute("INSERT INTO command_invocations(command_id, node_id, ordinal) VALUES($1,'mi-2',1), ($1,'mi-1',0)", command);
        }
    });
}
