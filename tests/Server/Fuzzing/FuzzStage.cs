using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;
using Casement.Server.Operations;

namespace Casement.Server.Tests.Fuzzing;

/// <summary>A server with one of everything, and the names of what is there.</summary>
public sealed class FuzzStage : IDisposable
{
    private const string Trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012","Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly Dictionary<string, string> _known = [];

    public FuzzStage()
    {
        MakeIam();
        MakeNode();
        MakeWindow();
        Ask("SendCommand", $$"""{"InstanceIds":["{{_known["InstanceId"]}}"],"DocumentName":"AWS-RunShellScript","Parameters":{"commands":["true"]} }""", "CommandId");
        Keep("MessageId", $"aws.ssm.{_known["CommandId"]}.{_known["InstanceId"]}");
    }

    public FuzzServer Server { get; } = new();

    /// <summary>By the member's name, such as <c>WindowId</c>.</summary>
    public IReadOnlyDictionary<string, string> Known => _known;

    /// <summary>The answer to a body, sent to an operation as its client would.</summary>
    public Answer Send(Operation operation, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Server.Send(Server.Signed(operation, body, _known.GetValueOrDefault("InstanceId")), Leaves(operation));
    }

    public string? FaultOf(Operation operation, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return Server.FaultOf(Send(operation, body), Leaves(operation)) is { } fault ? $"{operation.Name}: {fault}" : null;
    }

    public Operation Operation(string name) => Server.Table.All.Single(o => o.Name == name);

    public void Dispose() => Server.Dispose();

    private static bool Leaves(Operation operation) => operation.Name == "GetMessages";

    private void MakeIam()
    {
        Form("CreateUser", "UserName=fuzz&Tags.member.1.Key=k&Tags.member.1.Value=v");
        Form("CreateGroup", "GroupName=fuzzers");
        Form("AddUserToGroup", "UserName=fuzz&GroupName=fuzzers");
        Keep("RoleArn", FuzzServer.Element(Form("CreateRole", $"RoleName=fuzzrole&AssumeRolePolicyDocument={Uri.EscapeDataString(Trust)}"), "Arn"));
        Keep("PolicyArn", FuzzServer.Element(Form("CreatePolicy", $"PolicyName=fuzzpolicy&PolicyDocument={Uri.EscapeDataString(RequestForge.Policy)}"), "Arn"));
        Keep("AccessKeyId", FuzzServer.Element(Form("CreateAccessKey", "UserName=fuzz"), "AccessKeyId"));
        Form("PutUserPolicy", $"UserName=fuzz&PolicyName=own&PolicyDocument={Uri.EscapeDataString(RequestForge.Policy)}");
        Form("PutGroupPolicy", $"GroupName=fuzzers&PolicyName=own&PolicyDocument={Uri.EscapeDataString(RequestForge.Policy)}");
        Form("PutRolePolicy", $"RoleName=fuzzrole&PolicyName=own&PolicyDocument={Uri.EscapeDataString(RequestForge.Policy)}");
        Keep("Marker", FuzzServer.Element(Form("ListPolicies", "MaxItems=1"), "Marker"));
    }

    private void MakeNode()
    {
        Ask("CreateActivation", """{"IamRole":"service-role/AmazonEC2RunCommandRoleForManagedInstances","RegistrationLimit":1000}""", "ActivationId", "ActivationCode");
        Keep("PublicKey", Server.PublicKey);
        Ask("RegisterManagedInstance", JsonSerializer.Serialize(new
        {
            ActivationId = _known["ActivationId"], ActivationCode = _known["ActivationCode"], PublicKey = Server.PublicKey, PublicKeyType = "Rsa", Fingerprint = "f",
        }), "InstanceId");
        using var token = JsonDocument.Parse(Send(Operation("RequestManagedInstanceRoleToken"), """{"Fingerprint":"f"}"""u8.ToArray()).Text);
        var keys = token.RootElement;
        Server.ActAs(new AwsCredentials(
            keys.GetProperty("AccessKeyId").GetString()!, keys.GetProperty("SecretAccessKey").GetString()!, keys.GetProperty("SessionToken").GetString()!));
        Ask("UpdateInstanceInformation", $$"""{"InstanceId":"{{_known["InstanceId"]}}","AgentVersion":"1.0.0","AgentStatus":"Active","PlatformType":"Linux"}""");
    }

    private void MakeWindow()
    {
        Ask("CreateMaintenanceWindow", """{"Name":"Patching","Schedule":"rate(1 hour)","Duration":2,"Cutoff":1,"AllowUnassociatedTargets":true}""", "WindowId");
        Ask("CreateMaintenanceWindow", """{"Name":"Another","Schedule":"cron(0 2 ? * SUN *)","Duration":2,"Cutoff":1,"AllowUnassociatedTargets":true}""");
        Ask("RegisterTargetWithMaintenanceWindow", $$"""{"WindowId":"{{_known["WindowId"]}}","ResourceType":"INSTANCE","Targets":[{"Key":"InstanceIds","Values":["{{_known["InstanceId"]}}"]}]}""", "WindowTargetId");
        Ask("RegisterTaskWithMaintenanceWindow", $$"""{"WindowId":"{{_known["WindowId"]}}","TaskArn":"AWS-RunShellScript","TaskType":"RUN_COMMAND","ServiceRoleArn":"{{_known["RoleArn"]}}","Targets":[{"Key":"WindowTargetIds","Values":["{{_known["WindowTargetId"]}}"]}],"MaxConcurrency":"1","MaxErrors":"0"}""", "WindowTaskId");
        Ask("DescribeMaintenanceWindows", """{"MaxResults":10}""");
        using var page = JsonDocument.Parse(Send(Operation("ListDocuments"), """{"MaxResults":1}"""u8.ToArray()).Text);
        Keep("NextToken", page.RootElement.TryGetProperty("NextToken", out var next) ? next.GetString()! : "");
    }

    private string Form(string action, string rest)
    {
        var operation = Operation(action);
        var answer = Send(operation, Encoding.UTF8.GetBytes($"Action={action}&Version={operation.Service.Prefix}&{rest}"));
        Assert.True(answer.Status == 200, $"{action}: {answer.Text}");
        return answer.Text;
    }

    private void Ask(string name, string body, params string[] members)
    {
        var answer = Send(Operation(name), Encoding.UTF8.GetBytes(body));
        Assert.True(answer.Status == 200, $"{name}: {answer.Text}");
        using var json = JsonDocument.Parse(answer.Text);
        var root = json.RootElement.TryGetProperty("Command", out var command) ? command : json.RootElement;
        foreach (var member in members)
        {
            Keep(member, root.GetProperty(member).GetString()!);
        }
    }

    private void Keep(string name, string value) => _known[name] = value;
}
