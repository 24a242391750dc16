using System.Text.Json;
using System.Text.RegularExpressions;
using Casement.Cli.Tests.Fakes;

namespace Casement.Cli.Tests;

/// <summary>What the demo calls, as whom, and what it prints; answers are canned.</summary>
public sealed partial class DemoTests : IDisposable
{
    private static readonly string[] OfAdmin =
    [
        "CreateActivation", "CreatePolicy", "CreateRole", "AttachRolePolicy", "CreateGroup", "AttachGroupPolicy", "PutGroupPolicy",
        "CreateUser", "AddUserToGroup", "CreateAccessKey", "CreateGroup", "AttachGroupPolicy", "PutGroupPolicy", "CreateUser",
        "AddUserToGroup", "CreateAccessKey",
    ];

    private static readonly int[] Versions = [10, 5, 4, 3, 2];

    private readonly Desk _desk = new();
    private readonly FakeServer _server;
    private readonly HashSet<string> _existing = [];
    private string _status = "SUCCESS";
    private bool _observerIsRefused = true;
    private int _keys;

    public DemoTests()
    {
        _server = new FakeServer(Answer);
        _desk.Variables["FAKE_ENDPOINT"] = _server.Endpoint;
    }

    public void Dispose()
    {
        _server.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task The_four_tasks_use_the_admins_key_and_all_after_them_the_operators_and_observers()
    {
        var ending = await _desk.Run("up", "--demo", "--exit");

        Assert.True(ending.Code == 0, ending.Output + ending.Errors);
        Assert.Equal(OfAdmin, _server.Calls.Where(call => call.KeyId == "AKIAADMIN").Select(call => call.Operation));
        Assert.True(_server.Calls.TakeWhile(call => call.KeyId == "AKIAADMIN").Count() == OfAdmin.Length, "the admin goes first");
        var operators = _server.Calls.Where(call => call.KeyId == "AKIA1").ToList();
        Assert.All(operators, call => Assert.True(FakeServer.IsSignedWith(call, "secret-1")));
        Assert.Equal(
            [
                "DescribeInstanceInformation", "DescribeMaintenanceWindows", "CreateMaintenanceWindow", "RegisterTargetWithMaintenanceWindow",
                "RegisterTaskWithMaintenanceWindow", "DescribeMaintenanceWindowExecutions", "DescribeMaintenanceWindowExecutionTasks",
                "DescribeMaintenanceWindowExecutionTaskInvocations", "GetCommandInvocation",
            ],
            operators.Select(call => call.Operation));
        var observer = Assert.Single(_server.Calls, call => call.KeyId == "AKIA2");
        Assert.Equal("RegisterTaskWithMaintenanceWindow", observer.Operation);
    }

    [Fact]
    public async Task Every_kind_of_call_is_printed_as_an_aws_line_and_no_secret_is()
    {
        var ending = await _desk.Run("up", "--demo", "--exit");

        var printed = AwsCommand().Matches(ending.Output).Select(match => match.Groups[1].Value.Replace("-", "", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            _server.Calls.Skip(1).Select(call => call.Operation.ToLowerInvariant()), printed);
        Assert.Contains("explicit deny", ending.Output, StringComparison.Ordinal);
        Assert.Contains("    | hello from the node", ending.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', ending.Output);
        Assert.DoesNotContain("secret-", ending.Output + ending.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_may_pass_exactly_the_role_of_task_2_to_systems_manager_alone()
    {
        await _desk.Run("up", "--demo", "--exit");

        var pass = Form(_server.Calls.First(call => call.Operation == "PutGroupPolicy"));
        Assert.Equal("operators", pass["GroupName"]);
        using var document = JsonDocument.Parse(pass["PolicyDocument"]);
        var statement = Assert.Single(document.RootElement.GetProperty("Statement").EnumerateArray().ToList());
        Assert.Equal("iam:PassRole", statement.GetProperty("Action").GetString());
        Assert.Equal("arn:of:role", statement.GetProperty("Resource").GetString());
        Assert.Equal("""{"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}""", statement.GetProperty("Condition").GetRawText());
    }

    [Theory]
    [InlineData("CreatePolicy", "PolicyDocument")]
    [InlineData("CreateRole", "AssumeRolePolicyDocument")]
    [InlineData("PutGroupPolicy", "PolicyDocument")]
    public async Task Every_policy_document_is_json_of_the_current_version(string action, string member)
    {
        await _desk.Run("up", "--demo", "--exit");

        Assert.All(_server.Calls.Where(call => call.Operation == action), call =>
        {
            using var document = JsonDocument.Parse(Form(call)[member]);
            Assert.Equal("2012-10-17", document.RootElement.GetProperty("Version").GetString());
            Assert.NotEmpty(document.RootElement.GetProperty("Statement").EnumerateArray());
        });
    }

    [Fact]
    public async Task A_second_demo_reuses_what_is_there_and_replaces_the_keys_of_the_first()
    {
        await _desk.Run("up", "--demo", "--exit");
        _existing.UnionWith(["CreatePolicy", "CreateRole", "CreateGroup", "CreateUser"]);
        _server.Calls.Clear();

        var ending = await _desk.Run("up", "--demo", "--exit");

        Assert.True(ending.Code == 0, ending.Output + ending.Errors);
        Assert.Equal(
            ["AKIA1", "AKIA2"], _server.Calls.Where(call => call.Operation == "DeleteAccessKey").Select(call => Form(call)["AccessKeyId"]));
        Assert.Contains("AKIA3", _server.Calls.Select(call => call.KeyId));
        Assert.Contains("UpdateAssumeRolePolicy", _server.Calls.Select(call => call.Operation));
        Assert.Contains("CreatePolicyVersion", _server.Calls.Select(call => call.Operation));
        Assert.Equal("v2", Form(Assert.Single(_server.Calls, call => call.Operation == "DeletePolicyVersion"))["VersionId"]);
    }

    [Theory]
    [InlineData("FAILED", true)]
    [InlineData("SUCCESS", false)]
    public async Task A_run_that_fails_or_an_observer_who_is_not_refused_ends_with_1(string status, bool observerIsRefused)
    {
        _status = status;
        _observerIsRefused = observerIsRefused;

        var ending = await _desk.Run("up", "--demo", "--exit", "--json");

        Assert.Equal(1, ending.Code);
        using var document = JsonDocument.Parse(ending.Output);
        Assert.Equal(status, document.RootElement.GetProperty("demo").GetProperty("status").GetString());
        Assert.Contains("The demo failed", ending.Errors, StringComparison.Ordinal);
    }

    private (int, string) Answer(Heard heard)
    {
        if (_existing.Contains(heard.Operation))
        {
            return (409, "<ErrorResponse xmlns='x'><Error><Code>EntityAlreadyExists</Code><Message>There.</Message></Error></ErrorResponse>");
        }

        return heard.Operation switch
        {
            "CreateActivation" => (200, """{"ActivationId":"activation-1","ActivationCode":"the-code"}"""),
            "DescribeInstanceInformation" => (200, """{"InstanceInformationList":[{"InstanceId":"mi-0123456789abcdef0","PingStatus":"Online"}]}"""),
            "CreatePolicy" => (200, Xml("<Policy><Arn>arn:of:policy</Arn></Policy>")),
            "CreateRole" or "GetRole" => (200, Xml("<Role><Arn>arn:of:role</Arn></Role>")),
            "CreateAccessKey" => (200, Xml($"<AccessKey><AccessKeyId>AKIA{++_keys}</AccessKeyId><SecretAccessKey>secret-{_keys}</SecretAccessKey></AccessKey>")),
            "ListPolicyVersions" => (200, Xml("<Versions>" + string.Concat(Versions.Select(number
                => $"<member><VersionId>v{number}</VersionId><IsDefaultVersion>{(number == 10 ? "true" : "false")}</IsDefaultVersion></member>")) + "</Versions>")),
            "GetPolicyVersion" => (200, Xml("<PolicyVersion><Document>%7B%22old%22%3A1%7D</Document></PolicyVersion>")),
            "DescribeMaintenanceWindows" => (200, """{"WindowIdentities":[]}"""),
            "CreateMaintenanceWindow" => (200, """{"WindowId":"mw-0123456789abcdef0"}"""),
            "RegisterTargetWithMaintenanceWindow" => (200, """{"WindowTargetId":"target"}"""),
            "RegisterTaskWithMaintenanceWindow" when heard.KeyId is "AKIA2" or "AKIA4" && _observerIsRefused =>
                (400, """{"__type":"AccessDeniedException","Message":"User: o is not authorized … with an explicit deny in an identity-based policy"}"""),
            "RegisterTaskWithMaintenanceWindow" => (200, """{"WindowTaskId":"task"}"""),
            "DescribeMaintenanceWindowExecutions" => (200, $$"""{"WindowExecutions":[{"WindowExecutionId":"execution","Status":"{{_status}}"}]}"""),
            "DescribeMaintenanceWindowExecutionTasks" =>
                (200, $$"""{"WindowExecutionTaskIdentities":[{"TaskExecutionId":"te","Status":"{{_status}}","TaskArn":"AWS-RunShellScript"}]}"""),
            "DescribeMaintenanceWindowExecutionTaskInvocations" =>
                (200, $$"""{"WindowExecutionTaskInvocationIdentities":[{"InvocationId":"i","ExecutionId":"command","Status":"{{_status}}"}]}"""),
            "GetCommandInvocation" => (200, """{"Status":"Success","ResponseCode":0,"StandardOutputContent":"hello \u001b[2Jfrom the node\n"}"""
                .Replace("[2J", "", StringComparison.Ordinal)),
            _ => (200, heard.Service == "iam" ? Xml("") : "{}"),
        };
    }

    private static string Xml(string result) => $"<R xmlns='https://iam.amazonaws.com/doc/2010-05-08/'><Result>{result}</Result></R>";

    private static Dictionary<string, string> Form(Heard heard) => heard.Body.Split('&').Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));

    [GeneratedRegex(@"^  \$ aws (?:iam|ssm) ([a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex AwsCommand();
}
