using System.Text.Json;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;
using Casement.Storage;
using Microsoft.Data.Sqlite;

namespace Casement.Clients.Tests.Upgrade;

/// <summary>
/// Makes the database of the newest schema from a real server's life, and writes down what it answers. Run by hand when a migration
/// lands; <c>tests/Data/databases.md</c> says how.
/// </summary>
public sealed class DatabaseMaker
{
    private const string May = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:Describe*","Resource":"*"}]}""";

    [Fact(Explicit = true)]
    public async Task Make_the_database_of_the_newest_schema()
    {
        await using var server = await CasementServer.Start();
        var api = new Api(server);
        await Live(api, server);
        await server.Stop();
        await Tidy(Path.Combine(server.Data, "casement.db"));
        var folder = Directory.CreateDirectory(OldDatabase.Folder(OldDatabase.Newest)).FullName;
        foreach (var file in (string[])["casement.db", "master.key", "admin.env"])
        {
            File.Copy(Path.Combine(server.Data, file), Path.Combine(folder, file), overwrite: true);
        }

        Dictionary<string, long> rows;
        using (var database = Database.Open(new DatabaseOptions(Path.Combine(server.Data, "casement.db"))))
        {
            rows = OldDatabase.Rows(database);
        }

        await server.StartAgain();
        OldDatabase.Write(folder, new Manifest(rows, await Ask(server.Raw())));
    }

    private static async Task Live(Api api, CasementServer server)
    {
        await People(api);
        var role = await api.Role("window-work", "ssm:SendCommand", "ssm:CancelCommand");

        // under a name of its own, since the machine's is nobody's business
        await using var node = await TestNode.Start(
            api, "web-1", "/usr/bin/unshare", "--uts", "/bin/sh", "-c", "hostname web-1.example.test && exec \"$@\"", "sh");
        await TestNode.Online(api, node.Id);
        await api.Ssm("AddTagsToResource", new { ResourceType = "ManagedInstance", ResourceId = node.Id, Tags = new[] { new { Key = "tier", Value = "web" } } });
        await api.Ssm("CreateActivation", new
        {
            IamRole = TestNode.Role, Description = "for the rack", DefaultInstanceName = "rack", RegistrationLimit = 5, Tags = new[] { new { Key = "tier", Value = "db" } },
        });

        var nightly = (await api.Ssm("CreateMaintenanceWindow", new
        {
            Name = "nightly", Description = "Patches", Schedule = "cron(0 2 ? * SUN#2 *)", ScheduleTimezone = "Europe/Berlin", ScheduleOffset = 2, Duration = 4, Cutoff = 1,
            AllowUnassociatedTargets = false, ClientToken = "nightly", Tags = new[] { new { Key = "team", Value = "blue" }, new { Key = "casement:repeated-hour", Value = "both" } },
        })).Text("WindowId");
        var target = await api.Target(nightly, "tag:tier", "web");
        await api.Ssm("RegisterTargetWithMaintenanceWindow", new
        {
            WindowId = nightly, ResourceType = "INSTANCE", Name = "databases", Description = "all of them", OwnerInformation = "dba",
            Targets = new[] { new { Key = "tag-key", Values = Texts("backup", "tier") } },
        });
        await api.Task(nightly, new TaskTerms { Role = role, Priority = 2, Name = "patch", Behavior = "CANCEL_TASK" }, "apt-get upgrade", "WindowTargetIds", target);
        await api.Ssm("RegisterTaskWithMaintenanceWindow", new
        {
            WindowId = nightly, TaskType = "AUTOMATION", TaskArn = "AWS-RestartEC2Instance", ServiceRoleArn = role,
            TaskInvocationParameters = new { Automation = new { DocumentVersion = "1", Parameters = new { InstanceId = Texts("{{RESOURCE_ID}}") } } },
            Targets = new[] { new { Key = "WindowTargetIds", Values = Texts(target) } }, MaxConcurrency = "1", MaxErrors = "1",
        });
        var paused = await api.Window("paused", "rate(7 days)");
        await api.Ssm("UpdateMaintenanceWindow", new { WindowId = paused, Enabled = false });

        await Run(api, role, node.Id, "good", "echo well done", "SUCCESS");
        await Run(api, role, node.Id, "bad", "echo trouble >&2; exit 3", "FAILED");
        await Run(api, role, "mi-00000000000000000", "nowhere", "true", "FAILED");
        var sent = await api.Ssm("SendCommand", new
        {
            DocumentName = "AWS-RunShellScript", Targets = new[] { new { Key = "tag:tier", Values = Texts("web") } }, Comment = "by hand",
            Parameters = new { commands = Texts("seq 100") },
        });
        var command = sent.GetProperty("Command").Text("CommandId");
        await Eventually.Is(
            () => api.Ssm("ListCommands", new { CommandId = command }),
            seen => seen.List("Commands").Single().Text("Status") == "Success");
        Assert.Equal(400, (await api.Try("GetMaintenanceWindow", new { WindowId = "mw-00000000000000000" })).Status);
        await server.Raw().SendUnsigned(RawCall.Ssm("DescribeMaintenanceWindows"));
    }

    private static string[] Texts(params string[] values) => values;

    private static async Task People(Api api)
    {
        await api.Iam("CreateUser", ("UserName", "Ann"), ("Path", "/ops/"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue"));
        await api.Iam("CreateAccessKey", ("UserName", "Ann"));
        await api.Iam("CreateGroup", ("GroupName", "operators"));
        await api.Iam("AddUserToGroup", ("GroupName", "operators"), ("UserName", "Ann"));
        await api.Iam("PutGroupPolicy", ("GroupName", "operators"), ("PolicyName", "look"), ("PolicyDocument", May));
        await api.Iam("PutUserPolicy", ("UserName", "Ann"), ("PolicyName", "look"), ("PolicyDocument", May));
        var policy = (await api.Iam("CreatePolicy", ("PolicyName", "looking"), ("PolicyDocument", May), ("Description", "to look"))).Element("Arn");
        await api.Iam("CreatePolicyVersion", ("PolicyArn", policy), ("PolicyDocument", May), ("SetAsDefault", "true"));
        await api.Iam("AttachUserPolicy", ("UserName", "Ann"), ("PolicyArn", policy));
        await api.Iam("PutUserPermissionsBoundary", ("UserName", "Ann"), ("PermissionsBoundary", policy));
    }

    private static async Task Run(Api api, string role, string node, string name, string script, string status)
    {
        var window = await api.IdleWindow(name);
        await api.Task(window, new TaskTerms { Role = role }, script, "InstanceIds", node);
        await api.OpenSoon(window);
        Assert.Equal(status, (await api.Run(window)).Text("Status"));
    }

    private static async Task Tidy(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        // small pages make a small file, since most of the tables have one
        command.CommandText = "UPDATE nodes SET doc=json_set(doc, '$.Address', '192.0.2.7'); PRAGMA journal_mode=DELETE; PRAGMA page_size=1024; VACUUM;";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Lists first, then a question for each thing that they name.</summary>
    private static async Task<List<Answer>> Ask(RawClient client)
    {
        var asked = new List<Answer>();
        foreach (var window in (await Next("DescribeMaintenanceWindows")).List("WindowIdentities").Select(w => w.Text("WindowId")))
        {
            var of = new { WindowId = window };
            await Next("GetMaintenanceWindow", of);
            await Next("DescribeMaintenanceWindowTargets", of);
            await Next("ListTagsForResource", new { ResourceType = "MaintenanceWindow", ResourceId = window });
            foreach (var task in (await Next("DescribeMaintenanceWindowTasks", of)).List("Tasks"))
            {
                await Next("GetMaintenanceWindowTask", new { WindowId = window, WindowTaskId = task.Text("WindowTaskId") });
            }

            foreach (var execution in (await Next("DescribeMaintenanceWindowExecutions", of)).List("WindowExecutions").Select(e => e.Text("WindowExecutionId")))
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
        }

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
        await Next("DescribeMaintenanceWindowsForTarget", new { ResourceType = "INSTANCE", Targets = new[] { new { Key = "tag:tier", Values = Texts("web") } } });
        foreach (var operation in (string[])["ListUsers", "ListGroups", "ListRoles"])
        {
            await Next($"iam.{operation}");
        }

        await Next("iam.ListPolicies", new { Scope = "Local" });
        foreach (var operation in (string[])["GetUser", "ListUserTags", "ListAccessKeys", "ListAttachedUserPolicies", "ListUserPolicies", "ListGroupsForUser"])
        {
            await Next($"iam.{operation}", new { UserName = "Ann" });
        }

        await Next("iam.GetUserPolicy", new { UserName = "Ann", PolicyName = "look" });
        await Next("iam.GetGroup", new { GroupName = "operators" });
        await Next("iam.GetGroupPolicy", new { GroupName = "operators", PolicyName = "look" });
        await Next("iam.GetRole", new { RoleName = "window-work" });
        await Next("iam.GetRolePolicy", new { RoleName = "window-work", PolicyName = "work" });
        var policy = "arn:aws:iam::123456789012:policy/looking";
        await Next("iam.GetPolicy", new { PolicyArn = policy });
        await Next("iam.ListPolicyVersions", new { PolicyArn = policy });
        await Next("iam.GetPolicyVersion", new { PolicyArn = policy, VersionId = "v2" });
        return asked;

        async Task<JsonElement> Next(string operation, object? request = null)
        {
            var answer = await new Answer(operation, JsonSerializer.SerializeToNode(request ?? new { })!, "").Ask(client);
            asked.Add(answer);
            return answer.Reply.StartsWith('<') ? default : JsonSerializer.Deserialize<JsonElement>(answer.Reply);
        }
    }
}
