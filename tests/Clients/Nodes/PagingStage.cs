using System.Globalization;
using System.Security.Cryptography;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Windows;

namespace Casement.Clients.Tests.Nodes;

/// <summary>A server with at least 26 of everything that is listed. Nothing runs on it.</summary>
public sealed class PagingStage : IAsyncLifetime
{
    internal const int Rows = 26;

    // more is refused by the limit of tasks in a window, and one is inserted
    private const int Tasks = 19;

    private (string Id, string Code) _activation;
    private int _made;

    internal CasementServer Server { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    /// <summary>Has 26 targets and 19 tasks, and opens every hour.</summary>
    internal string Window { get; private set; } = "";

    internal string Execution { get; private set; } = "";

    internal List<string> Nodes { get; } = [];

    internal string Policy(int number) => $"arn:aws:iam::{Server.Account}:policy/row-{number:00}";

    public async ValueTask InitializeAsync()
    {
        Server = await CasementServer.Start("--ephemeral", "--clock", "manual", "--at", "2026-09-07T08:00:00Z");
        Api = new Api(Server);
        var activation = await Api.Ssm("CreateActivation", new
        {
            IamRole = TestNode.Role, RegistrationLimit = 100, ExpirationDate = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(),
        });
        _activation = (activation.Text("ActivationId"), activation.Text("ActivationCode"));
        await Task.WhenAll(Users(), Machines());
        await Definitions();
        await Server.Clock.Advance($"PT{Rows}H");
        Execution = (await Api.Executions(Window))[0].Text("WindowExecutionId");
    }

    internal async Task AddNode()
    {
        using var key = RSA.Create(2048);
        var reply = await Api.TryUnsigned("RegisterManagedInstance", new
        {
            ActivationId = _activation.Id,
            ActivationCode = _activation.Code,
            PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            PublicKeyType = "Rsa",
        });
        Assert.True(reply.Status == 200, reply.Text);
        Nodes.Add(reply.Member("InstanceId"));
    }

    internal Task AddActivation() => Api.Ssm("CreateActivation", new { IamRole = TestNode.Role });

    internal Task AddCommand() => Api.Ssm("SendCommand", new
    {
        DocumentName = "AWS-RunShellScript", InstanceIds = Nodes.Take(1), Parameters = new { commands = "true".Split(' ') },
    });

    internal async Task AddWindow() =>
        await Api.Target(await Api.Window($"row-{_made++}", "rate(7 days)"), "InstanceIds", Nodes[0]);

    internal Task AddTarget() => Api.Target(Window, "InstanceIds", Nodes[0]);

    internal Task AddTask() => Api.Ssm("RegisterTaskWithMaintenanceWindow", new
    {
        WindowId = Window, TaskType = "AUTOMATION", TaskArn = "AWS-StopEC2Instance",
        ServiceRoleArn = $"arn:aws:iam::{Server.Account}:role/row-00",
    });

    internal Task AddExecution() => Server.Clock.Advance("PT1H");

    /// <summary>Another of each kind of IAM row, at a place in the middle of its listing.</summary>
    internal async Task AddEntity(string number)
    {
        var name = $"row-{number}";
        var document = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}""";
        await Api.Iam("CreateUser", ("UserName", name));
        await Api.Iam("CreateGroup", ("GroupName", name));
        await Api.Iam("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", WindowCalls.Trust));
        await Api.Iam("CreatePolicy", ("PolicyName", name), ("PolicyDocument", document));
        var arn = $"arn:aws:iam::{Server.Account}:policy/{name}";
        foreach (var kind in (string[])["User", "Group", "Role"])
        {
            await Api.Iam($"Attach{kind}Policy", ($"{kind}Name", "row-00"), ("PolicyArn", arn));
            await Api.Iam($"Put{kind}Policy", ($"{kind}Name", "row-00"), ("PolicyName", name), ("PolicyDocument", document));
        }

        await Api.Iam("AttachUserPolicy", ("UserName", name), ("PolicyArn", Policy(0)));
        await Api.Iam("AddUserToGroup", ("GroupName", "row-00"), ("UserName", name));
        await Api.Iam("AddUserToGroup", ("GroupName", name), ("UserName", "row-00"));
        await Api.Iam("TagUser", ("UserName", "row-00"), ("Tags.member.1.Key", name), ("Tags.member.1.Value", "x"));
        await Api.Iam("TagRole", ("RoleName", "row-00"), ("Tags.member.1.Key", name), ("Tags.member.1.Value", "x"));
        await Api.Iam("TagPolicy", ("PolicyArn", Policy(0)), ("Tags.member.1.Key", name), ("Tags.member.1.Value", "x"));
    }

    private async Task Users()
    {
        for (var number = 0; number < Rows; number++)
        {
            await AddEntity(number.ToString("00", CultureInfo.InvariantCulture));
        }
    }

    private async Task Machines()
    {
        for (var number = 0; number < Rows; number++)
        {
            await AddNode();
            await AddActivation();
        }

        for (var number = 0; number < Rows; number++)
        {
            await AddCommand();
        }
    }

    private async Task Definitions()
    {
        for (var number = 0; number < Rows; number++)
        {
            await AddWindow();
        }

        Window = await Api.Window("full", "rate(1 hour)", duration: 1, cutoff: 0);
        for (var number = 0; number < Rows; number++)
        {
            await AddTarget();
        }

        for (var number = 0; number < Tasks; number++)
        {
            await AddTask();
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
