using System.Globalization;
using Casement.Cli.Calls;
using Casement.Cli.Terminals;

namespace Casement.Cli.Demo;

/// <summary>How the window's run ended.</summary>
/// <param name="Output">What the script wrote on the node, if it got there.</param>
internal sealed record DemoExecution(string ExecutionId, string Status, string? Output);

/// <summary>The operator's half: a window, its target and task, and its run.</summary>
internal sealed class DemoWindow(DemoCaller caller, DemoStage stage, string nodeId)
{
    private const string Name = "casement-demo";
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan OnlinePatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private DateTimeOffset _opens;

    internal async Task AwaitNode(CancellationToken stop)
    {
        var started = stage.Time.GetTimestamp();
        var request = new DescribeNodesRequest([new NodeFilter("InstanceIds", [nodeId])]);
        while (true)
        {
            var reply = await caller.Poll(
                "DescribeInstanceInformation", request, WireJson.Plain.DescribeNodesRequest, WireJson.Plain.DescribeNodesReply, stop);
            if (reply.InstanceInformationList is [{ PingStatus: "Online" } node, ..])
            {
                stage.Fact(Tone.Done, $"{nodeId} ({node.ComputerName ?? node.Name}) is online.");
                return;
            }

            if (stage.Time.GetElapsedTime(started) > OnlinePatience)
            {
                throw FailureException.Environment($"The local node {nodeId} is not online after {OnlinePatience.TotalSeconds:0} s.");
            }

            await Task.Delay(Glance, stage.Time, stop);
        }
    }

    /// <returns>The task as it was registered.</returns>
    internal async Task<RegisterTaskRequest> Prepare(string roleArn, CancellationToken stop)
    {
        await DeleteEarlier(stop);
        _opens = WholeSecond(stage.Time.GetUtcNow() + Slack);
        var window = await caller.Ssm(
            "CreateMaintenanceWindow",
            new CreateWindowRequest(
                Name, "Opens once, for the demo", $"at({_opens.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)})",
                "UTC", 1, 0, AllowUnassociatedTargets: false),
            WireJson.Plain.CreateWindowRequest, WireJson.Plain.CreateWindowReply, stop);
        var windowId = window.WindowId ?? throw Lacks("CreateMaintenanceWindow", "WindowId");
        var target = await caller.Ssm(
            "RegisterTargetWithMaintenanceWindow",
            new RegisterTargetRequest(windowId, "INSTANCE", [new Target("InstanceIds", [nodeId])], "this-machine"),
            WireJson.Plain.RegisterTargetRequest, WireJson.Plain.RegisterTargetReply, stop);
        var task = new RegisterTaskRequest(
            windowId,
            [new Target("WindowTargetIds", [target.WindowTargetId ?? throw Lacks("RegisterTargetWithMaintenanceWindow", "WindowTargetId")])],
            "AWS-RunShellScript", roleArn, "RUN_COMMAND",
            new TaskInvocationParameters(new RunCommandParameters(
                new Dictionary<string, IReadOnlyList<string>>
                {
                    ["commands"] = ["echo \"Hello from $(hostname), run as $(id -un)\"", "date -u"],
                },
                600)),
            1, "1", "1", "say-hello");
        await caller.Ssm(
            "RegisterTaskWithMaintenanceWindow", task, WireJson.Plain.RegisterTaskRequest, WireJson.Plain.RegisterTaskReply, stop);
        if (stage.Time.GetUtcNow() >= _opens)
        {
            throw new FailureException(
                ExitCodes.AnythingElse, $"Setting the window up took longer than the {Slack.TotalSeconds:0} s until it opened; try again.");
        }

        stage.Fact(Tone.Done, $"{windowId} opens at {_opens:yyyy-MM-dd HH:mm:ss} UTC.");
        return task;
    }

    internal async Task<DemoExecution> Follow(string windowId, CancellationToken stop)
    {
        var execution = await Execution(windowId, stop);
        var tasks = (await caller.Ssm(
            "DescribeMaintenanceWindowExecutionTasks", new DescribeExecutionTasksRequest(execution.WindowExecutionId),
            WireJson.Plain.DescribeExecutionTasksRequest, WireJson.Plain.DescribeExecutionTasksReply, stop))
            .WindowExecutionTaskIdentities;
        var status = execution.Status ?? "";
        if (tasks is not [var task, ..])
        {
            return new DemoExecution(execution.WindowExecutionId, status, null);
        }

        Said($"task {task.TaskArn}", task.Status, task.StatusDetails);
        var invocations = (await caller.Ssm(
            "DescribeMaintenanceWindowExecutionTaskInvocations",
            new DescribeInvocationsRequest(execution.WindowExecutionId, task.TaskExecutionId),
            WireJson.Plain.DescribeInvocationsRequest, WireJson.Plain.DescribeInvocationsReply, stop))
            .WindowExecutionTaskInvocationIdentities;
        if (invocations is not [{ ExecutionId: { Length: > 0 } command }, ..])
        {
            Said("invocation", invocations is [var first, ..] ? first.Status : "none", invocations is [var one, ..] ? one.StatusDetails : null);
            return new DemoExecution(execution.WindowExecutionId, status, null);
        }

        return new DemoExecution(execution.WindowExecutionId, status, await Output(command, stop));
    }

    private async Task<string?> Output(string commandId, CancellationToken stop)
    {
        var result = await caller.Ssm(
            "GetCommandInvocation", new GetCommandInvocationRequest(commandId, nodeId),
            WireJson.Plain.GetCommandInvocationRequest, WireJson.Plain.GetCommandInvocationReply, stop);
        Said($"node {nodeId}, exit code {result.ResponseCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}", result.Status, result.StatusDetails);
        stage.Output(result.StandardOutputContent ?? "");
        if (result.StandardErrorContent is { Length: > 0 } errors)
        {
            stage.Output(errors);
        }

        return result.StandardOutputContent;
    }

    /// <returns>The execution once it has ended.</returns>
    private async Task<WindowExecution> Execution(string windowId, CancellationToken stop)
    {
        var shown = "";
        while (true)
        {
            var reply = await caller.Poll(
                "DescribeMaintenanceWindowExecutions", new DescribeExecutionsRequest(windowId),
                WireJson.Plain.DescribeExecutionsRequest, WireJson.Plain.DescribeExecutionsReply, stop);
            if (reply.WindowExecutions is [var execution, ..])
            {
                if (execution.Status != shown)
                {
                    shown = execution.Status ?? "";
                    Said($"run {execution.WindowExecutionId}", execution.Status, execution.StatusDetails);
                }

                if (shown is "SUCCESS" or "FAILED" or "TIMED_OUT" or "CANCELLED" or "SKIPPED_OVERLAPPING")
                {
                    return execution;
                }
            }

            if (stage.Time.GetUtcNow() > _opens + RunPatience)
            {
                throw new FailureException(ExitCodes.StillGoing, shown.Length == 0
                    ? $"The window {windowId} did not open within {RunPatience.TotalSeconds:0} s of its instant."
                    : $"The run of {windowId} is still {shown} after {RunPatience.TotalSeconds:0} s; nothing was stopped.");
            }

            await Task.Delay(Glance, stage.Time, stop);
        }
    }

    private async Task DeleteEarlier(CancellationToken stop)
    {
        var earlier = await caller.Ssm(
            "DescribeMaintenanceWindows", new DescribeWindowsRequest([new WindowFilter("Name", [Name])]),
            WireJson.Plain.DescribeWindowsRequest, WireJson.Plain.DescribeWindowsReply, stop);
        foreach (var window in earlier.WindowIdentities ?? [])
        {
            await caller.Ssm(
                "DeleteMaintenanceWindow", new DeleteWindowRequest(window.WindowId),
                WireJson.Plain.DeleteWindowRequest, WireJson.Plain.EmptyReply, stop);
        }
    }

    private void Said(string what, string? status, string? details) => stage.Fact(
        status?.ToUpperInvariant() switch
        {
            "SUCCESS" => Tone.Done,
            "PENDING" or "IN_PROGRESS" or "INPROGRESS" => Tone.Running,
            _ => Tone.Bad,
        },
        $"{stage.Time.GetUtcNow():HH:mm:ss}Z {what}: {status}{(string.IsNullOrEmpty(details) || details == status ? "" : $" ({details})")}");

    private static DateTimeOffset WholeSecond(DateTimeOffset instant)
        => instant.AddTicks(TimeSpan.TicksPerSecond - (instant.Ticks % TimeSpan.TicksPerSecond));

    private static FailureException Lacks(string operation, string member)
        => new(ExitCodes.AnythingElse, $"The answer to {operation} lacks {member}.");
}
