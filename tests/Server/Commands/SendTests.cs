using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Server.Tests.Nodes;
using Casement.Storage;

namespace Casement.Server.Tests.Commands;

public sealed class SendTests : IDisposable
{
    private readonly NodeServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("nonsense=1", "nonsense is no parameter of AWS-RunShellScript, which has: commands, executionTimeout, workingDirectory.")]
    [InlineData("executionTimeout=60", "commands is required.")]
    [InlineData("commands=a;executionTimeout=1,2", "executionTimeout is a String and takes exactly one value, not 2.")]
    [InlineData("commands=a;executionTimeout=0", "executionTimeout '0' does not match the allowed pattern")]
    [InlineData("commands=a;executionTimeout=172801", "executionTimeout '172801' does not match the allowed pattern")]
    [InlineData("commands=a;executionTimeout=60\n", "executionTimeout '60\n' does not match the allowed pattern")]
    [InlineData("commands=", "commands has 0 items; at least 1 are needed.")]
    [InlineData("nonsense=1;executionTimeout=0", "nonsense is no parameter")]
    public async Task Parameters_are_checked_rule_by_rule(string parameters, string text)
    {
        var node = await _server.Node();
        var given = parameters.Split(';').Select(p => p.Split('=')).ToDictionary(
            p => p[0], p => (IReadOnlyList<string>)(p[1].Length == 0 ? [] : p[1].Split(',')));
        var refusal = await _server.Refused(new SendCommand(), NodeServer.Order([node.Id]) with { Parameters = given });

        Assert.Equal("InvalidParameters", refusal.Code);
        Assert.StartsWith(text, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("99999")]
    [InlineData("172800")]
    public async Task Times_within_the_pattern_are_taken(string seconds)
    {
        var node = await _server.Node();
        var command = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]) with
        {
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["a"], ["executionTimeout"] = [seconds] },
        })).Command!;

        Assert.Equal(
            command.RequestedDateTime!.Value.AddSeconds(3600 + int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)), command.ExpiresAfter);
    }

    [Fact]
    public async Task A_working_directory_has_at_most_4096_characters()
    {
        var node = await _server.Node();
        var request = NodeServer.Order([node.Id]);
        SendCommand.Request In(int length) => request with
        {
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["a"], ["workingDirectory"] = [new string('d', length)] },
        };

        await _server.Run(new SendCommand(), In(4096));
        Assert.StartsWith("workingDirectory has 4097 characters", (await _server.Refused(new SendCommand(), In(4097))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_names_no_document_version_hash_or_node_is_refused()
    {
        var node = await _server.Node();
        var order = NodeServer.Order([node.Id]);
        async Task<string> CodeOf(SendCommand.Request request) => (await _server.Refused(new SendCommand(), request)).Code;

        Assert.Equal("InvalidDocument", await CodeOf(order with { DocumentName = "AWS-Nonsense" }));
        Assert.Equal("InvalidDocumentVersion", await CodeOf(order with { DocumentVersion = "2" }));
        Assert.Equal("InvalidDocument", await CodeOf(order with { DocumentHash = new string('0', 64), DocumentHashType = "Sha256" }));
        Assert.Equal("DuplicateInstanceId", await CodeOf(order with { InstanceIds = [node.Id, node.Id] }));
        Assert.Equal("ValidationException", await CodeOf(order with { InstanceIds = null }));
        Assert.Equal("ValidationException", await CodeOf(order with { Targets = [ByTag("env", "a")] }));
        Assert.Equal("ValidationException", await CodeOf(order with { InstanceIds = [], Targets = [new Target { Key = "resource-groups:Name", Values = ["g"] }] }));
        Assert.Equal("ValidationException", await CodeOf(order with { InstanceIds = [], Targets = [new Target { Key = "nonsense", Values = ["g"] }] }));
        Assert.Equal("InvalidRole", await CodeOf(order with { NotificationConfig = new NotificationConfig { NotificationArn = "arn:aws:sns:eu-west-1:111122223333:t" } }));
        var unknown = await _server.Refused(new SendCommand(), order with { InstanceIds = [node.Id, "mi-00000000000000000"] });
        Assert.Equal(
            ("InvalidInstanceId", $"Instances [[mi-00000000000000000]] not in a valid state for account {NodeServer.Account}"), (unknown.Code, unknown.Message));
    }

    [Fact]
    public async Task Several_targets_must_all_fit_and_of_values_one()
    {
        var both = await _server.Node(new Tag { Key = "env", Value = "prod" }, new Tag { Key = "role", Value = "db" });
        await _server.Node(new Tag { Key = "env", Value = "prod" });
        await _server.Node(new Tag { Key = "role", Value = "db" });
        var command = await SendTo(ByTag("env", "prod", "dev"), new Target { Key = "tag-key", Values = ["role"] });

        Assert.Equal(1, command.TargetCount);
        Assert.Equal(1, both.Waiting);
    }

    [Fact]
    public async Task A_tag_that_no_node_carries_makes_a_command_that_has_succeeded()
    {
        var command = await SendTo(ByTag("env", "nowhere"));

        Assert.Equal(("Success", "NoInstancesInTag", 0), (command.Status, command.StatusDetails, command.TargetCount!.Value));
    }

    [Fact]
    public async Task Of_nodes_found_by_tag_those_of_another_platform_end_at_once_and_by_id_they_are_refused()
    {
        var windows = await _server.Node(new Tag { Key = "env", Value = "prod" });
        var linux = await _server.Node(new Tag { Key = "env", Value = "prod" });
        await windows.Report("Windows");
        await linux.Report("Linux");
        var command = await SendTo(ByTag("env", "prod"));

        Assert.Equal(("Failed", "InvalidPlatform"), await Status(command, windows));
        Assert.Equal(("Pending", "Pending"), await Status(command, linux));
        Assert.Equal("UnsupportedPlatformType", (await _server.Refused(new SendCommand(), NodeServer.Order([windows.Id]))).Code);
    }

    [Fact]
    public async Task A_sender_limited_to_a_tag_is_refused_other_nodes_by_id_and_ends_on_them_by_tag()
    {
        var mine = await _server.Node(new Tag { Key = "team", Value = "a" }, new Tag { Key = "env", Value = "prod" });
        var theirs = await _server.Node(new Tag { Key = "team", Value = "b" }, new Tag { Key = "env", Value = "prod" });
        var sender = await Sender("""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"ssm:SendCommand","Resource":"arn:aws:ssm:*::document/AWS-RunShellScript"},
              {"Effect":"Allow","Action":"ssm:SendCommand","Resource":"arn:aws:ssm:*:*:managed-instance/*","Condition":{"StringEquals":{"ssm:resourceTag/team":"a"}}}]}
            """);

        var refusal = await _server.Refused(new SendCommand(), NodeServer.Order([mine.Id, theirs.Id]), sender);
        Assert.Equal("AccessDeniedException", refusal.Code);
        Assert.Contains(theirs.Id, refusal.Message, StringComparison.Ordinal);
        var command = (await _server.Run(
            new SendCommand(), NodeServer.Order([]) with { InstanceIds = null, Targets = [ByTag("env", "prod")] }, sender)).Command!;
        Assert.Equal(("Failed", "AccessDenied"), await Status(command, theirs));
        Assert.Equal(1, mine.Waiting);
        Assert.Equal(0, theirs.Waiting);
    }

    [Fact]
    public async Task A_role_for_notifications_needs_the_right_to_pass_it()
    {
        var node = await _server.Node();
        var sender = await Sender("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:*","Resource":"*"}]}""");
        var refusal = await _server.Refused(
            new SendCommand(), NodeServer.Order([node.Id]) with { ServiceRoleArn = $"arn:aws:iam::{NodeServer.Account}:role/sns" }, sender);

        Assert.Equal("AccessDeniedException", refusal.Code);
        Assert.Contains("iam:PassRole", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retry_of_one_call_sends_once()
    {
        var node = await _server.Node();
        var first = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]), invocationId: "i1")).Command!;
        var again = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]), invocationId: "i1")).Command!;
        var other = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]), invocationId: "i2")).Command!;
        var changed = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]) with { Comment = "c" }, invocationId: "i1")).Command!;
        await _server.Pass(TimeSpan.FromMinutes(16));
        var late = (await _server.Run(new SendCommand(), NodeServer.Order([node.Id]), invocationId: "i1")).Command!;

        Assert.Equal(first.CommandId, again.CommandId);
        Assert.Equal(4, new[] { first, other, changed, late }.Select(c => c.CommandId).Distinct().Count());
    }

    [Fact]
    public async Task A_windows_order_is_sent_once_and_only_while_it_is_waited_for()
    {
        var node = await _server.Node();
        var session = new Principal.RoleSession(NodeServer.Account, (await Sender("{}", role: true)).Id, "runner", "/", "s", _server.Time.GetUtcNow());
        const string Id = "11111111-1111-4111-8111-111111111111";
        var asked = 0;
        var order = new WindowOrder(Id, "invocation", _ => ++asked > 0);
        Task<SendCommand.Reply> Send(WindowOrder o) => SendCommand.SendFor(_server.Backstage, _server.Scope, session, NodeServer.Order([node.Id]), o);

        Assert.Equal(Id, (await Send(order)).Command!.CommandId);
        Assert.Equal(Id, (await Send(order)).Command!.CommandId);
        Assert.Equal((2, 1), (asked, node.Waiting));
        Assert.Null((await Send(new WindowOrder("22222222-2222-4222-8222-222222222222", "invocation", _ => false))).Command);
        Assert.Equal(1, node.Waiting);
    }

    private static Target ByTag(string key, params string[] values) => new() { Key = "tag:" + key, Values = values };

    private async Task<Command> SendTo(params Target[] targets) =>
        (await _server.Run(new SendCommand(), NodeServer.Order([]) with { InstanceIds = null, Targets = targets })).Command!;

    private async Task<(string?, string?)> Status(Command command, TestNode node)
    {
        var invocation = await _server.Invocation(command.CommandId!, node);
        return (invocation.Status, invocation.StatusDetails);
    }

    private async Task<Principal.User> Sender(string policy, bool role = false)
    {
        var id = (role ? "AROA" : "AIDA") + "SENDER00000000000";
        await _server.Database.Write(tx =>
        {
            if (role)
            {
                Roles.Insert(tx, _server.Scope, new RoleRow(id, "runner", "/", "{}", 3600, 0));
                Attachments.Attach(tx, _server.Scope, id, "arn:aws:iam::aws:policy/AdministratorAccess");
            }
            else
            {
                Users.Insert(tx, _server.Scope, new UserRow(id, "sender", "/", null, 0));
                tx.Execute("INSERT INTO iam_inline(principal_id, name_lower, name, document) VALUES($1,'p','p',$2)", id, policy);
            }
        });
        return new Principal.User(NodeServer.Account, id, "sender", "/");
    }
}
