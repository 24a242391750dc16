using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Upgrade;

/// <summary>Asks a server for everything that it has: lists first, then a question for each thing that they name.</summary>
internal sealed class Questions(RawClient client)
{
    private static readonly object Nothing = new { };
    private static readonly object WebTier = new { ResourceType = "INSTANCE", Targets = new[] { new { Key = "tag:tier", Values = Texts("web") } } };
    private readonly List<Answer> _asked = [];

    public async Task<List<Answer>> Ask()
    {
        foreach (var window in (await Next("DescribeMaintenanceWindows")).List("WindowIdentities"))
        {
            await Window(window.Text("WindowId"));
        }

        await Next("DescribeMaintenanceWindowsForTarget", WebTier);
        await Next("ListCommands");
        foreach (var sent in (await Next("ListCommandInvocations", new { Details = true })).List("CommandInvocations"))
        {
            await Next("GetCommandInvocation", new { CommandId = sent.Text("CommandId"), InstanceId = sent.Text("InstanceId") });
        }

        foreach (var node in (await Next("DescribeInstanceInformation")).List("InstanceInformationList"))
        {
            await Next("ListTagsForResource", new { ResourceType = "ManagedInstance", ResourceId = node.Text("InstanceId") });
        }

        await Next("DescribeActivations");
        await People();
        return _asked;
    }

    private async Task Window(string window)
    {
        var of = new { WindowId = window };
        await Next("GetMaintenanceWindow", of);
        await Next("DescribeMaintenanceWindowTargets", of);
        await Next("ListTagsForResource", new { ResourceType = "MaintenanceWindow", ResourceId = window });
        foreach (var task in (await Next("DescribeMaintenanceWindowTasks", of)).List("Tasks"))
        {
            await Next("GetMaintenanceWindowTask", new { WindowId = window, WindowTaskId = task.Text("WindowTaskId") });
        }

        foreach (var execution in (await Next("DescribeMaintenanceWindowExecutions", of)).List("WindowExecutions"))
        {
            await Execution(execution.Text("WindowExecutionId"));
        }
    }

    private async Task Execution(string execution)
    {
        await Next("GetMaintenanceWindowExecution", new { WindowExecutionId = execution });
        foreach (var task in (await Next("DescribeMaintenanceWindowExecutionTasks", new { WindowExecutionId = execution })).List("WindowExecutionTaskIdentities"))
        {
            var one = new { WindowExecutionId = execution, TaskId = task.Text("TaskExecutionId") };
            await Next("GetMaintenanceWindowExecutionTask", one);
            foreach (var invocation in (await Next("DescribeMaintenanceWindowExecutionTaskInvocations", one)).List("WindowExecutionTaskInvocationIdentities"))
            {
                await Next("GetMaintenanceWindowExecutionTaskInvocation", new { one.WindowExecutionId, one.TaskId, InvocationId = invocation.Text("InvocationId") });
            }
        }
    }

    private async Task People()
    {
        foreach (var operation in Texts("ListUsers", "ListGroups", "ListRoles"))
        {
            await Next($"iam.{operation}");
        }

        await Next("iam.ListPolicies", new { Scope = "Local" });
        foreach (var operation in Texts("GetUser", "ListUserTags", "ListAccessKeys", "ListAttachedUserPolicies", "ListUserPolicies", "ListGroupsForUser"))
        {
            await Next($"iam.{operation}", new { UserName = "Ann" });
        }

        await Next("iam.GetUserPolicy", new { UserName = "Ann", PolicyName = "look" });
        await Next("iam.GetGroup", new { GroupName = "operators" });
        await Next("iam.GetGroupPolicy", new { GroupName = "operators", PolicyName = "look" });
        await Next("iam.GetRole", new { RoleName = "window-work" });
        await Next("iam.GetRolePolicy", new { RoleName = "window-work", PolicyName = "work" });
        const string Policy = "arn:aws:iam::123456789012:policy/looking";
        await Next("iam.GetPolicy", new { PolicyArn = Policy });
        await Next("iam.ListPolicyVersions", new { PolicyArn = Policy });
        await Next("iam.GetPolicyVersion", new { PolicyArn = Policy, VersionId = "v2" });
    }

    private async Task<JsonElement> Next(string operation, object? request = null)
    {
        var answer = await new Answer(operation, JsonSerializer.SerializeToNode(request ?? Nothing)!, "").Ask(client);
        _asked.Add(answer);
        return answer.Reply.StartsWith('<') ? default : JsonSerializer.Deserialize<JsonElement>(answer.Reply);
    }

    private static string[] Texts(params string[] values) => values;
}
