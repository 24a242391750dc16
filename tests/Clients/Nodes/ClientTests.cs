using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Windows;

namespace Casement.Clients.Tests.Nodes;

/// <summary>The same calls by three real clients: what one of them writes, all of them read.</summary>
public sealed class ClientTests(SharedServer shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly CasementServer _server = shared.Server;

    [Fact]
    public async Task The_CLI_boto3_and_the_dotnet_SDK_define_a_window_send_a_command_and_read_it_alike()
    {
        var api = new Api(_server);
        await using var node = await TestNode.Start(api, "clients");
        await TestNode.Online(api, node.Id);
        var role = await api.Role(SharedServer.Name("clients"), "ssm:SendCommand");
        var made = new[] { await ByCli(node.Id, role), await ByBoto(node.Id, role), await BySdk(node.Id, role) };

        var definitions = new List<string>();
        foreach (var (window, command) in made)
        {
            var read = await api.Ssm("GetMaintenanceWindow", new { WindowId = window });
            var task = Assert.Single((await api.Ssm("DescribeMaintenanceWindowTasks", new { WindowId = window })).List("Tasks"));
            var target = Assert.Single((await api.Ssm("DescribeMaintenanceWindowTargets", new { WindowId = window })).List("Targets"));
            var result = await api.Ssm("GetCommandInvocation", new { CommandId = command, InstanceId = node.Id });
            Assert.Equal("Success", result.Text("Status"));
            Assert.Equal("grün\n", result.Text("StandardOutputContent"));
            definitions.Add(string.Join('|', read.Text("Schedule"), read.Text("Duration"), read.Text("Cutoff"), read.Text("AllowUnassociatedTargets"),
                read.Text("Enabled"), read.Text("ScheduleTimezone"), task.Text("TaskArn"), task.Text("Type"), task.Text("ServiceRoleArn"), task.Text("Priority"),
                target.Text("Targets"), target.Text("OwnerInformation")));
        }

        Assert.Single(definitions.Distinct());

        // and each of them sees what the others made
        var windows = made.Select(m => m.Window).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(windows, await ListedByCli());
        Assert.Equal(windows, await ListedByBoto());
        Assert.Equal(windows, await ListedBySdk());
    }

    private async Task<(string Window, string Command)> ByCli(string node, string role)
    {
        var aws = _server.Aws();
        var window = (await aws.Run(
            "ssm", "create-maintenance-window", "--name", "by-client", "--schedule", "cron(0 4 1 1 ? 2099)", "--schedule-timezone", "Europe/Berlin",
            "--duration", "3", "--cutoff", "1", "--no-allow-unassociated-targets")).Succeeded().Json.Text("WindowId");
        var target = (await aws.Run(
            "ssm", "register-target-with-maintenance-window", "--window-id", window, "--resource-type", "INSTANCE", "--owner-information", "grün",
            "--targets", $"Key=InstanceIds,Values={node}")).Succeeded().Json.Text("WindowTargetId");
        (await aws.Run(
            "ssm", "register-task-with-maintenance-window", "--window-id", window, "--targets", $"Key=WindowTargetIds,Values={target}",
            "--task-arn", "AWS-RunShellScript", "--service-role-arn", role, "--task-type", "RUN_COMMAND", "--priority", "4",
            "--max-concurrency", "1", "--max-errors", "1")).Succeeded();
        var command = (await aws.Run(
            "ssm", "send-command", "--document-name", "AWS-RunShellScript", "--instance-ids", node, "--parameters", """{"commands":["echo grün"]}"""))
            .Succeeded().Json.GetProperty("Command").Text("CommandId");
        (await aws.Run("ssm", "wait", "command-executed", "--command-id", command, "--instance-id", node)).Succeeded();
        return (window, command);
    }

    private async Task<(string Window, string Command)> ByBoto(string node, string role)
    {
        var made = (await _server.Boto().Run(
            """
            import time
            node, role = arguments
            ssm = client("ssm")
            window = ssm.create_maintenance_window(
                Name="by-client", Schedule="cron(0 4 1 1 ? 2099)", ScheduleTimezone="Europe/Berlin", Duration=3, Cutoff=1, AllowUnassociatedTargets=False)["WindowId"]
            target = ssm.register_target_with_maintenance_window(
                WindowId=window, ResourceType="INSTANCE", OwnerInformation="grün", Targets=[{"Key": "InstanceIds", "Values": [node]}])["WindowTargetId"]
            ssm.register_task_with_maintenance_window(
                WindowId=window, Targets=[{"Key": "WindowTargetIds", "Values": [target]}], TaskArn="AWS-RunShellScript", ServiceRoleArn=role,
                TaskType="RUN_COMMAND", Priority=4, MaxConcurrency="1", MaxErrors="1")
            command = ssm.send_command(DocumentName="AWS-RunShellScript", InstanceIds=[node], Parameters={"commands": ["echo grün"]})["Command"]["CommandId"]
            ssm.get_waiter("command_executed").wait(CommandId=command, InstanceId=node, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
            show({"window": window, "command": command})
            """,
            node, role)).Succeeded().Json;
        return (made.Text("window"), made.Text("command"));
    }

    private async Task<(string Window, string Command)> BySdk(string node, string role)
    {
        using var ssm = _server.SsmClient();
        var stop = TestContext.Current.CancellationToken;
        var window = (await ssm.CreateMaintenanceWindowAsync(new()
        {
            Name = "by-client", Schedule = "cron(0 4 1 1 ? 2099)", ScheduleTimezone = "Europe/Berlin", Duration = 3, Cutoff = 1, AllowUnassociatedTargets = false,
        }, stop)).WindowId;
        var target = (await ssm.RegisterTargetWithMaintenanceWindowAsync(new()
        {
            WindowId = window, ResourceType = "INSTANCE", OwnerInformation = "grün", Targets = [new() { Key = "InstanceIds", Values = [node] }],
        }, stop)).WindowTargetId;
        await ssm.RegisterTaskWithMaintenanceWindowAsync(new()
        {
            WindowId = window, Targets = [new() { Key = "WindowTargetIds", Values = [target] }], TaskArn = "AWS-RunShellScript", ServiceRoleArn = role,
            TaskType = "RUN_COMMAND", Priority = 4, MaxConcurrency = "1", MaxErrors = "1",
        }, stop);
        var command = (await ssm.SendCommandAsync(new()
        {
            DocumentName = "AWS-RunShellScript", InstanceIds = [node], Parameters = new() { ["commands"] = ["echo grün"] },
        }, stop)).Command.CommandId;
        var state = await Eventually.Is(
            async () => (await ssm.GetCommandInvocationAsync(new() { CommandId = command, InstanceId = node }, stop)).Status.Value,
            status => status is not ("Pending" or "InProgress")).WaitAsync(Patience, stop);
        Assert.Equal("Success", state);
        return (window, command);
    }

    private async Task<List<string>> ListedByCli() => Sorted(
        (await _server.Aws().Run("ssm", "describe-maintenance-windows", "--filters", "Key=Name,Values=by-client")).Succeeded().Json
            .List("WindowIdentities").Select(window => window.Text("WindowId")));

    private async Task<List<string>> ListedByBoto() => Sorted(
        (await _server.Boto().Run(
            """
            pages = client("ssm").get_paginator("describe_maintenance_windows").paginate(
                Filters=[{"Key": "Name", "Values": ["by-client"]}], PaginationConfig={"PageSize": 10})
            show([window["WindowId"] for page in pages for window in page["WindowIdentities"]])
            """)).Succeeded().Json.EnumerateArray().Select(id => id.GetString()!));

    private async Task<List<string>> ListedBySdk()
    {
        using var ssm = _server.SsmClient();
        var reply = await ssm.DescribeMaintenanceWindowsAsync(
            new() { Filters = [new() { Key = "Name", Values = ["by-client"] }] }, TestContext.Current.CancellationToken);
        return Sorted(reply.WindowIdentities.Select(window => window.WindowId));
    }

    private static List<string> Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];
}
