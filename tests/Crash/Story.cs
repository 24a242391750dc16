using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;

namespace Casement.Crash.Tests;

/// <summary>What an operator and a node do from a window's definition to the end of its run, over whatever death.</summary>
internal static class Story
{
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:SendCommand","Resource":"*"}]}""";

    private static readonly string[] Final = ["SUCCESS", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED_OVERLAPPING"];

    /// <summary>One line a run, with the execution and the node that it was for.</summary>
    public static string Note(Stage stage) => $"echo {{{{WINDOW_EXECUTION_ID}}}} $AWS_SSM_INSTANCE_ID >> {stage.Runs}";

    /// <summary>Tells stories until the process has died at its n-th passage, then looks at everything that is left.</summary>
    public static async Task Tell(Stage stage, string name, int passage)
    {
        for (var cycle = 1; !stage.Died && cycle <= passage + 1; cycle++)
        {
            await Once(stage, $"{name}-{cycle}");
            if (cycle >= passage)
            {
                await stage.AwaitDeath();
            }
        }

        Assert.True(stage.Died, $"{stage.Point} was not passed {passage} times.");
        await Idle(stage);
        await Remains.Check(stage);
    }

    /// <summary>One more, after everything.</summary>
    public static async Task TellOnce(Stage stage, string name)
    {
        await Once(stage, name);
        await Idle(stage);
        await Remains.Check(stage);
    }

    /// <summary>The node has nothing left to do or to tell.</summary>
    public static Task Idle(Stage stage)
    {
        var open = Path.Combine(stage.NodeDirectory, "commands", "open");
        return stage.Until("the node's ledger is closed", () => Task.FromResult(!Directory.EnumerateFileSystemEntries(open).Any()));
    }

    public static RawCall TaskOf(string window, string role, string node, string script, string? token = null, string? cutoff = null) => Ssm("RegisterTaskWithMaintenanceWindow", new
    {
        WindowId = window,
        TaskType = "RUN_COMMAND",
        TaskArn = "AWS-RunShellScript",
        ServiceRoleArn = role,
        CutoffBehavior = cutoff ?? "CONTINUE_TASK",
        MaxConcurrency = "1",
        MaxErrors = "0",
        Targets = new[] { new { Key = "InstanceIds", Values = new[] { node } } },
        TaskInvocationParameters = new { RunCommand = new { Parameters = new { commands = new[] { script } } } },
        ClientToken = token ?? window,
    });

    public static async Task<List<JsonElement>> Executions(Stage stage, string window) =>
        JsonSerializer.Deserialize<JsonElement>((await stage.Read(Ssm("DescribeMaintenanceWindowExecutions", new { WindowId = window }))).Text).List("WindowExecutions");

    public static Task Ended(Stage stage, string window) => stage.Until($"{window} has run", async () =>
        await Executions(stage, window) is { Count: > 0 } seen && seen.TrueForAll(e => Final.Contains(e.Text("Status"))));

    public static RawCall Ssm(string operation, object request) => RawCall.Ssm(operation, JsonSerializer.Serialize(request));

    private static async Task Once(Stage stage, string name)
    {
        var create = Ssm("CreateMaintenanceWindow", new
        {
            Name = name, Schedule = "cron(0 4 1 1 ? 2099)", Duration = 2, Cutoff = 1, AllowUnassociatedTargets = true, ClientToken = name,
        });
        var window = (await stage.Write(() => create)).Member("WindowId");
        Assert.Equal(window, (await stage.Write(() => create)).Member("WindowId"));
        await stage.Deny(Ssm("DescribeMaintenanceWindows", new { }));
        await stage.Write(() => RawCall.Iam("PutRolePolicy", ("RoleName", "spare"), ("PolicyName", name), ("PolicyDocument", Policy)));
        await stage.Write(() => TaskOf(window, stage.Seed.Role, stage.Seed.Node, Note(stage)));
        stage.StartNode();
        await stage.Write(() => Ssm("UpdateMaintenanceWindow", new { WindowId = window, Schedule = WindowCalls.At(WindowCalls.Soon(0.4)) }));
        await Ended(stage, window);
        Assert.Equal(200, (await stage.Read(RawCall.Iam("GetRolePolicy", ("RoleName", "spare"), ("PolicyName", name)))).Status);
    }
}
