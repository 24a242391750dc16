using System.Globalization;
using System.Text.Json;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>Windows that open on seven real nodes, and what their scripts themselves say of the order that they ran in.</summary>
[Collection(nameof(Fleet))]
public sealed class RunTests(Fleet fleet)
{
    private readonly Api _api = fleet.Api;

    [Fact]
    public async Task MaxConcurrency_2_over_seven_nodes_never_has_three_scripts_at_once()
    {
        var log = fleet.Scratch("concurrency");
        var window = await _api.IdleWindow("concurrency");
        await _api.Task(
            window, new TaskTerms { Role = fleet.Role, Concurrency = "2" },
            $"echo +1 $(date +%s%N) >> {log}; sleep 0.4; echo -1 $(date +%s%N) >> {log}", "InstanceIds", fleet.Ids);
        await _api.OpenSoon(window);
        Assert.Equal("SUCCESS", (await _api.Run(window)).Text("Status"));

        var steps = (await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken)).Select(line => line.Split(' '))
            .Select(parts => (Change: int.Parse(parts[0], CultureInfo.InvariantCulture), At: long.Parse(parts[1], CultureInfo.InvariantCulture)))
            .OrderBy(step => step.At).ThenBy(step => step.Change).ToList();
        Assert.Equal(14, steps.Count);
        var running = 0;
        var most = steps.Max(step => running += step.Change);
        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Tasks_of_one_priority_run_side_by_side_and_before_the_next_priority()
    {
        var path = fleet.Scratch("priority");
        var window = await _api.IdleWindow("priority");
        // registered first, and run last
        await _api.Task(
            window, new TaskTerms { Role = fleet.Role, Priority = 5 }, $"[ -e {path}.left.done ] && [ -e {path}.right.done ]", "InstanceIds", fleet.Ids[0]);
        foreach (var (own, other) in ((string, string)[])[("left", "right"), ("right", "left")])
        {
            // each ends well only if the other runs at the same time
            await _api.Task(
                window, new TaskTerms { Role = fleet.Role, Priority = 1 },
                $"touch {path}.{own}; n=0; while [ ! -e {path}.{other} ]; do n=$((n+1)); [ $n -lt 200 ] || exit 1; sleep 0.1; done; touch {path}.{own}.done",
                "InstanceIds", fleet.Ids[1]);
        }

        await _api.OpenSoon(window);
        var execution = await _api.Run(window);
        Assert.Equal("SUCCESS", execution.Text("Status"));
        var tasks = await _api.TasksOf(execution.Text("WindowExecutionId"));
        Assert.Equal(3, tasks.Count);
        Assert.All(tasks, task => Assert.Equal("SUCCESS", task.Text("Status")));
    }

    [Fact]
    public async Task Once_MaxErrors_is_exceeded_the_task_starts_nothing_more()
    {
        var log = fleet.Scratch("errors");
        var window = await _api.IdleWindow("errors");
        List<string> targets = [];
        foreach (var node in fleet.Ids[..3])
        {
            targets.Add(await _api.Target(window, "InstanceIds", node));
        }

        await _api.Task(window, new TaskTerms { Role = fleet.Role, Errors = "0" }, $"echo run >> {log}; exit 3", "WindowTargetIds", [.. targets]);
        await _api.OpenSoon(window);
        var (execution, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("FAILED", execution.Text("Status"));
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.Equal(targets[0], invocation.Text("WindowTargetId"));
        var task = Assert.Single(await _api.TasksOf(execution.Text("WindowExecutionId")));
        Assert.Equal("The maximum error count was exceeded.", task.Text("StatusDetails"));
        Assert.Single(await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_execution_lets_the_running_task_end_and_starts_no_other()
    {
        var path = fleet.Scratch("cancel");
        var window = await _api.IdleWindow("cancel");
        await _api.Task(window, new TaskTerms { Role = fleet.Role, Priority = 1 }, WindowCalls.Gated(path), "InstanceIds", fleet.Ids[2]);
        await _api.Task(window, new TaskTerms { Role = fleet.Role, Priority = 2 }, $"touch {path}.second", "InstanceIds", fleet.Ids[2]);
        await _api.OpenSoon(window);
        await WindowCalls.HasStarted(path);
        var id = (await _api.Run(window, "IN_PROGRESS")).Text("WindowExecutionId");

        Assert.Equal(id, (await _api.Ssm("CancelMaintenanceWindowExecution", new { WindowExecutionId = id })).Text("WindowExecutionId"));
        await _api.Run(window, "CANCELLING");
        WindowCalls.LetGo(path);
        await _api.Run(window, "CANCELLED");
        var tasks = await _api.TasksOf(id);
        Assert.Equal(["SUCCESS", "CANCELLED"], tasks.Select(task => task.Text("Status")).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(["start", "end"], await File.ReadAllLinesAsync($"{path}.log", TestContext.Current.CancellationToken));
        Assert.False(File.Exists($"{path}.second"));

        // asked again, it answers the same and changes nothing
        await _api.Ssm("CancelMaintenanceWindowExecution", new { WindowExecutionId = id });
        await _api.Run(window, "CANCELLED");
    }

    [Fact]
    public async Task Pseudo_parameters_become_this_run_s_values_and_other_braces_stay()
    {
        var window = await _api.IdleWindow("pseudo");
        var target = await _api.Target(window, "InstanceIds", fleet.Ids[3]);
        var registered = await _api.Task(
            window, new TaskTerms { Role = fleet.Role },
            """
            echo '{{WINDOW_ID}} {{ WINDOW_TASK_ID }} {{WINDOW_EXECUTION_ID}} {{TASK_EXECUTION_ID}} {{INVOCATION_ID}} {{WINDOW_TARGET_ID}} {{TARGET_TYPE}}'
            echo '{{.Names}} {{TARGET_ID}} {{RESOURCE_ID}} {{window_id}}'
            """,
            "WindowTargetIds", target);
        await _api.OpenSoon(window);
        var (execution, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("SUCCESS", invocation.Text("Status"));
        var result = await Result(invocation, fleet.Ids[3]);
        Assert.Equal(
            $"{window} {registered} {execution.Text("WindowExecutionId")} {invocation.Text("TaskExecutionId")} {invocation.Text("InvocationId")} {target} INSTANCE\n"
            + "{{.Names}} {{TARGET_ID}} {{RESOURCE_ID}} {{window_id}}\n",
            result.Text("StandardOutputContent"));
    }

    [Theory]
    [InlineData("tag:tier", "web", "0,1")]
    [InlineData("tag:tier", "web,cache", "0,1,2")]
    [InlineData("tag-key", "backup", "3")]
    [InlineData("InstanceIds", "4,5", "4,5")]
    [InlineData("unassociated", "6", "6")]
    [InlineData("tag:tier", "nowhere", "")]
    public async Task A_task_reaches_exactly_the_nodes_that_its_targets_name(string key, string values, string expected)
    {
        await Tag(0, "tier", "web");
        await Tag(1, "tier", "web");
        await Tag(2, "tier", "cache");
        await Tag(3, "backup", "yes");
        var window = await _api.IdleWindow($"targets-{key.Replace(':', '-')}-{values.Replace(',', '-')}");
        var byId = key is "InstanceIds" or "unassociated";
        var wanted = values.Split(',').Select(value => byId ? fleet.Ids[int.Parse(value, CultureInfo.InvariantCulture)] : value).ToArray();
        var terms = new TaskTerms { Role = fleet.Role, Concurrency = "100%" };
        if (key == "unassociated")
        {
            await _api.Task(window, terms, "true", "InstanceIds", wanted);
        }
        else
        {
            await _api.Task(window, terms, "true", "WindowTargetIds", await _api.Target(window, key, wanted));
        }

        await _api.OpenSoon(window);
        var (execution, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("SUCCESS", execution.Text("Status"));
        var reached = (await _api.Ssm("ListCommandInvocations", new { CommandId = invocation.Text("ExecutionId") })).List("CommandInvocations");
        Assert.Equal(
            expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => fleet.Ids[int.Parse(number, CultureInfo.InvariantCulture)])
                .Order(StringComparer.Ordinal),
            reached.Select(node => node.Text("InstanceId")).Order(StringComparer.Ordinal));
        if (expected.Length == 0)
        {
            Assert.Equal(
                "No invocations to execute", Assert.Single(await _api.TasksOf(execution.Text("WindowExecutionId"))).Text("StatusDetails"));
        }
    }

    [Fact]
    public async Task An_AUTOMATION_task_without_targets_fails_and_says_why()
    {
        var window = await _api.IdleWindow("automation");
        await _api.Ssm("RegisterTaskWithMaintenanceWindow", new
        {
            WindowId = window,
            TaskType = "AUTOMATION",
            TaskArn = "AWS-StopEC2Instance",
            ServiceRoleArn = fleet.Role,
            TaskInvocationParameters = new { Automation = new { Parameters = new { InstanceId = new[] { fleet.Ids[0] } } } },
        });
        await _api.OpenSoon(window);
        var execution = await _api.Run(window);
        Assert.Equal("FAILED", execution.Text("Status"));
        var task = Assert.Single(await _api.TasksOf(execution.Text("WindowExecutionId")));
        Assert.Equal("FAILED", task.Text("Status"));
        Assert.Equal("task type AUTOMATION is not carried out by this version", task.Text("StatusDetails"));
    }

    [Fact]
    public async Task A_node_that_does_not_exist_fails_the_invocation_with_AWS_s_text()
    {
        var window = await _api.IdleWindow("unknown-node");
        await _api.Task(window, new TaskTerms { Role = fleet.Role }, "true", "InstanceIds", fleet.Ids[0], "mi-00000000000000000");
        await _api.OpenSoon(window);
        var (_, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.Equal("The instance IDs list contains an invalid entry.", invocation.Text("StatusDetails"));
    }

    [Fact]
    public async Task Parameters_that_the_document_lacks_are_named_when_the_command_is_sent()
    {
        var window = await _api.IdleWindow("unknown-parameter");
        await _api.Ssm("RegisterTaskWithMaintenanceWindow", new
        {
            WindowId = window,
            TaskType = "RUN_COMMAND",
            TaskArn = "AWS-RunShellScript",
            ServiceRoleArn = fleet.Role,
            MaxConcurrency = "1",
            MaxErrors = "0",
            Targets = new[] { new { Key = "InstanceIds", Values = fleet.Ids[..1] } },
            TaskInvocationParameters = new { RunCommand = new { Parameters = new { commands = fleet.Ids[..1], shell = fleet.Ids[..1] } } },
        });
        await _api.OpenSoon(window);
        var (_, invocation) = await _api.OnlyInvocation(window);
        Assert.Equal("FAILED", invocation.Text("Status"));
        Assert.Equal("The following SSM parameters are invalid: shell", invocation.Text("StatusDetails"));
    }

    private Task<JsonElement> Result(JsonElement invocation, string node) =>
        _api.Ssm("GetCommandInvocation", new { CommandId = invocation.Text("ExecutionId"), InstanceId = node });

    private Task Tag(int node, string key, string value) => _api.Ssm("AddTagsToResource", new
    {
        ResourceType = "ManagedInstance", ResourceId = fleet.Ids[node], Tags = new[] { new { Key = key, Value = value } },
    });
}
