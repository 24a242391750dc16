using System.Globalization;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>AWS's guide to the permissions of maintenance windows, task by task, with the stock CLI; and a window that then really runs.</summary>
public sealed class GuideTests
{
    private const int Armed = 10_000;

    private const string RolePolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:SendCommand","ssm:CancelCommand","ssm:ListCommands","ssm:ListCommandInvocations","ssm:GetCommandInvocation","ssm:ListTagsForResource","ssm:GetParameters"],"Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}]}""";

    private const string DenyRegisterTask =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ssm:RegisterTaskWithMaintenanceWindow","Resource":"*"}]}""";

    [Fact]
    public async Task The_guide_s_four_tasks_lead_to_a_window_that_opens_on_time_among_ten_thousand()
    {
        await using var server = await CasementServer.Start();
        var api = new Api(server);
        await using var node = await TestNode.Start(api, "guide");
        await Arm(server);
        var role = await WindowRole(server.Aws());
        var work = server.Aws(await Member(server.Aws(), "operator", "operators", "AmazonSSMFullAccess", PassRole(role)));
        var look = server.Aws(await Member(server.Aws(), "observer", "observers", "AmazonSSMReadOnlyAccess", DenyRegisterTask));

        var window = (await work.Run(
            "ssm", "create-maintenance-window", "--name", "guide", "--schedule", "cron(0 4 1 1 ? 2099)", "--duration", "2", "--cutoff", "1",
            "--no-allow-unassociated-targets")).Succeeded().Json.Text("WindowId");
        var target = (await work.Run(
            "ssm", "register-target-with-maintenance-window", "--window-id", window, "--resource-type", "INSTANCE",
            "--targets", $"Key=InstanceIds,Values={node.Id}")).Succeeded().Json.Text("WindowTargetId");
        string[] task =
        [
            "ssm", "register-task-with-maintenance-window", "--window-id", window, "--targets", $"Key=WindowTargetIds,Values={target}",
            "--task-arn", "AWS-RunShellScript", "--service-role-arn", role, "--task-type", "RUN_COMMAND", "--max-concurrency", "1", "--max-errors", "1",
            "--task-invocation-parameters", """{"RunCommand":{"Parameters":{"commands":["echo opened in $(basename $PWD) as {{WINDOW_ID}}"],"workingDirectory":["/tmp"]}}}""",
        ];
        var refused = await look.Run(task);
        Assert.Equal(254, refused.ExitCode);
        Assert.Contains(
            $"User: arn:aws:iam::{server.Account}:user/observer is not authorized to perform: ssm:RegisterTaskWithMaintenanceWindow", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("with an explicit deny in an identity-based policy", refused.Errors, StringComparison.Ordinal);
        (await work.Run(task)).Succeeded();

        // seven fields: the second is part of the expression
        var instant = WindowCalls.Soon(6);
        var schedule = instant.UtcDateTime.ToString("'cron('s m H d M '? 'yyyy')'", CultureInfo.InvariantCulture);
        (await work.Run("ssm", "update-maintenance-window", "--window-id", window, "--schedule", schedule)).Succeeded();
        await Finished(api, window, node.Id, look, instant);
    }

    private static async Task Finished(Api api, string window, string node, AwsCli look, DateTimeOffset instant)
    {
        await api.Run(window);
        var execution = Assert.Single(
            (await look.Run("ssm", "describe-maintenance-window-executions", "--window-id", window)).Succeeded().Json.List("WindowExecutions"));
        var id = execution.Text("WindowExecutionId");
        Assert.Equal("SUCCESS", (await look.Run("ssm", "get-maintenance-window-execution", "--window-execution-id", id)).Succeeded().Json.Text("Status"));
        var task = Assert.Single(await api.TasksOf(id)).Text("TaskExecutionId");
        Assert.Equal(
            "SUCCESS",
            (await look.Run("ssm", "get-maintenance-window-execution-task", "--window-execution-id", id, "--task-id", task)).Succeeded().Json.Text("Status"));
        var listed = Assert.Single((await look.Run(
            "ssm", "describe-maintenance-window-execution-task-invocations", "--window-execution-id", id, "--task-id", task))
            .Succeeded().Json.List("WindowExecutionTaskInvocationIdentities"));
        var invocation = (await look.Run(
            "ssm", "get-maintenance-window-execution-task-invocation", "--window-execution-id", id, "--task-id", task,
            "--invocation-id", listed.Text("InvocationId"))).Succeeded().Json;
        Assert.Equal("SUCCESS", invocation.Text("Status"));
        Assert.Equal("RUN_COMMAND", invocation.Text("TaskType"));
        var result = (await look.Run(
            "ssm", "get-command-invocation", "--command-id", invocation.Text("ExecutionId"), "--instance-id", node)).Succeeded().Json;
        Assert.Equal("Success", result.Text("Status"));
        Assert.Equal($"opened in tmp as {window}\n", result.Text("StandardOutputContent"));

        var started = (await api.Ssm("GetMaintenanceWindowExecution", new { WindowExecutionId = id })).Time("StartTime");
        Assert.InRange(started - instant, TimeSpan.FromMilliseconds(-1), TimeSpan.FromSeconds(1));
    }

    // one of each kind of schedule in turn, none of them due soon
    private static async Task Arm(CasementServer server)
    {
        using var ssm = server.SsmClient();
        string[] schedules = ["rate(7 days)", "cron(0 2 1 1 ? 2098)", "at(2098-05-01T04:00:00)", "cron(30 3 ? 2 SUN#1 2098)"];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Armed), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
            async (number, stop) => await ssm.CreateMaintenanceWindowAsync(new()
            {
                Name = $"armed-{number}", Schedule = schedules[number % schedules.Length], Duration = 2, Cutoff = 1, AllowUnassociatedTargets = false,
                ClientToken = $"armed-{number}",
            }, stop));
    }

    private static async Task<string> WindowRole(AwsCli admin)
    {
        var policy = (await admin.Run(
            "iam", "create-policy", "--policy-name", "window-policy", "--policy-document", RolePolicy)).Succeeded().Json.GetProperty("Policy").Text("Arn");
        var role = (await admin.Run(
            "iam", "create-role", "--role-name", "window-role", "--assume-role-policy-document", WindowCalls.Trust)).Succeeded().Json.GetProperty("Role").Text("Arn");
        (await admin.Run("iam", "attach-role-policy", "--role-name", "window-role", "--policy-arn", policy)).Succeeded();
        return role;
    }

    private static string PassRole(string role) =>
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"ROLE","Condition":{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}}]}"""
            .Replace("ROLE", role, StringComparison.Ordinal);

    private static async Task<AwsCredentials> Member(AwsCli admin, string user, string group, string managed, string inline)
    {
        (await admin.Run("iam", "create-group", "--group-name", group)).Succeeded();
        (await admin.Run("iam", "attach-group-policy", "--group-name", group, "--policy-arn", $"arn:aws:iam::aws:policy/{managed}")).Succeeded();
        (await admin.Run("iam", "put-group-policy", "--group-name", group, "--policy-name", "own", "--policy-document", inline)).Succeeded();
        (await admin.Run("iam", "create-user", "--user-name", user)).Succeeded();
        (await admin.Run("iam", "add-user-to-group", "--group-name", group, "--user-name", user)).Succeeded();
        var key = (await admin.Run("iam", "create-access-key", "--user-name", user)).Succeeded().Json.GetProperty("AccessKey");
        return new AwsCredentials(key.Text("AccessKeyId"), key.Text("SecretAccessKey"));
    }
}
