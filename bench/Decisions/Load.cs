using System.Globalization;
using System.Text;
using Casement.Policies;

namespace Casement.Bench.Decisions;

/// <summary>One question to both engines, and the answer that both must give.</summary>
internal sealed record Question(string Caller, string Action, string Resource, IReadOnlyDictionary<string, string> Keys, bool IsAllowed)
{
    /// <summary>Cedar's names of attributes have no colons.</summary>
    public IReadOnlyDictionary<string, string> CedarContext { get; } = Keys.ToDictionary(k => k.Key.Split(':')[^1], k => k.Value);
}

/// <summary>The same rights in both languages, with questions about them.</summary>
internal sealed record Load(IReadOnlyDictionary<string, PrincipalPolicies> Callers, string CedarPolicies, IReadOnlyList<Question> Questions)
{
    private const string Account = "111122223333";
    private const string Windows = $"arn:aws:ssm:us-east-2:{Account}:maintenancewindow/";
    private const string Role = $"arn:aws:iam::{Account}:role/my-maintenance-window-role";
    private const string LinkedRole = "arn:aws:iam::*:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM*";

    private static readonly string[] _actions =
    [
        .. new[] { "Get", "Update", "Delete" }.Select(v => $"ssm:{v}MaintenanceWindow"),
        .. new[] { "Executions", "Schedule", "Targets", "Tasks" }.Select(n => $"ssm:DescribeMaintenanceWindow{n}"),
        "ssm:RegisterTaskWithMaintenanceWindow", "ssm:RegisterTargetWithMaintenanceWindow", "ssm:CancelMaintenanceWindowExecution",
    ];

    /// <summary>
    /// Who works with windows, as AWS's guide sets it up: AmazonSSMFullAccess and the right to pass the windows' role (Task 3); and
    /// somebody else who has the former, and is denied to register tasks (Task 4).
    /// </summary>
    public static Load Operator()
    {
        var full = Managed("AmazonSSMFullAccess", $$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":["cloudwatch:PutMetricData","ds:CreateComputer","ds:DescribeDirectories","ec2:DescribeInstanceStatus","logs:*","ssm:*","ec2messages:*"],"Resource":"*"},
              {"Effect":"Allow","Action":"iam:CreateServiceLinkedRole","Resource":"{{LinkedRole}}","Condition":{"StringLike":{"iam:AWSServiceName":"ssm.amazonaws.com"} } },
              {"Effect":"Allow","Action":["iam:DeleteServiceLinkedRole","iam:GetServiceLinkedRoleDeletionStatus"],"Resource":"{{LinkedRole}}"},
              {"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}]}
            """);
        var pass = Inline("my-group-iam-passrole-policy", $$"""
            {"Version":"2012-10-17","Statement":[
              {"Effect":"Allow","Action":"iam:PassRole","Resource":"{{Role}}"},
              {"Effect":"Allow","Action":"iam:ListRoles","Resource":["arn:aws:iam::{{Account}}:role/","arn:aws:iam::{{Account}}:role/aws-service-role/ssm.amazonaws.com/"]}]}
            """);
        var deny = Inline("my-groups-deny-mw-tasks-policy",
            """{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ssm:RegisterTaskWithMaintenanceWindow","Resource":"*"}}""");
        var cedar = $$"""
            permit(principal in Group::"everyone", action in [Action::"ssm:*", Action::"logs:*", Action::"ec2messages:*", Action::"cloudwatch:PutMetricData",
              Action::"ds:CreateComputer", Action::"ds:DescribeDirectories", Action::"ec2:DescribeInstanceStatus"], resource);
            permit(principal in Group::"everyone", action == Action::"iam:CreateServiceLinkedRole", resource)
              when { resource.arn like "{{LinkedRole}}" && context has AWSServiceName && context.AWSServiceName like "ssm.amazonaws.com" };
            permit(principal in Group::"everyone", action in [Action::"iam:DeleteServiceLinkedRole", Action::"iam:GetServiceLinkedRoleDeletionStatus"], resource)
              when { resource.arn like "{{LinkedRole}}" };
            permit(principal in Group::"everyone", action in [Action::"ssmmessages:CreateControlChannel", Action::"ssmmessages:CreateDataChannel",
              Action::"ssmmessages:OpenControlChannel", Action::"ssmmessages:OpenDataChannel"], resource);
            permit(principal in Group::"operators", action == Action::"iam:PassRole", resource) when { resource.arn == "{{Role}}" };
            permit(principal in Group::"operators", action == Action::"iam:ListRoles", resource) when {
              resource.arn == "arn:aws:iam::{{Account}}:role/" || resource.arn == "arn:aws:iam::{{Account}}:role/aws-service-role/ssm.amazonaws.com/" };
            forbid(principal in Group::"viewers", action == Action::"ssm:RegisterTaskWithMaintenanceWindow", resource);
            """;
        var window = Windows + "mw-0c50858d01EXAMPLE";
        var keys = new Dictionary<string, string>
        {
            ["aws:username"] = "someone", ["aws:SourceIp"] = "10.1.2.3", ["aws:SecureTransport"] = "true", ["aws:CurrentTime"] = "2026-11-24T10:00:00Z",
        };
        var passing = new Dictionary<string, string>(keys) { ["iam:PassedToService"] = "ssm.amazonaws.com" };
        return new Load(
            new Dictionary<string, PrincipalPolicies> { ["operator"] = User("operator", full, pass), ["viewer"] = User("viewer", full, deny) },
            cedar,
            [
                new("operator", "ssm:CreateMaintenanceWindow", $"arn:aws:ssm:us-east-2:{Account}:*", keys, true),
                new("operator", "ssm:GetMaintenanceWindow", window, keys, true),
                new("operator", "ssm:RegisterTaskWithMaintenanceWindow", window, keys, true),
                new("operator", "iam:PassRole", Role, passing, true),
                new("operator", "iam:PassRole", $"arn:aws:iam::{Account}:role/other", passing, false),
                new("operator", "iam:CreateUser", $"arn:aws:iam::{Account}:user/new", keys, false),
                new("viewer", "ssm:UpdateMaintenanceWindow", window, keys, true),
                new("viewer", "ssm:RegisterTaskWithMaintenanceWindow", window, keys, false),
            ]);
    }

    /// <summary>One right to one thing for each statement: a window by its ARN, or parameters by a pattern.</summary>
    public static Load Many(int statements, bool patterns)
    {
        const int PerDocument = 1_000;
        var documents = new List<AttachedPolicy>();
        var cedar = new StringBuilder();
        for (var from = 0; from < statements; from += PerDocument)
        {
            var parts = new List<string>();
            for (var i = from; i < Math.Min(from + PerDocument, statements); i++)
            {
                parts.Add($$"""{"Effect":"Allow","Action":"{{ActionOf(i)}}","Resource":"{{ResourceOf(i, patterns)}}"}""");
                cedar.Append(patterns
                    ? $$"""permit(principal, action == Action::"{{ActionOf(i)}}", resource) when { resource.arn like "{{ResourceOf(i, true)}}" };"""
                    : $$"""permit(principal, action == Action::"{{ActionOf(i)}}", resource == Resource::"{{ResourceOf(i, false)}}");""").Append('\n');
            }

            documents.Add(Inline(string.Create(CultureInfo.InvariantCulture, $"p{from}"), $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', parts)}}]}"""));
        }

        var questions = Enumerable.Range(0, 64).Select(q => (q * 7919) % statements).Select((i, q) => new Question(
            "someone", q % 2 == 0 ? ActionOf(i) : ActionOf(i + 1), ResourceOf(i, patterns).Replace("*", "key", StringComparison.Ordinal),
            new Dictionary<string, string>(), q % 2 == 0));
        return new Load(
            new Dictionary<string, PrincipalPolicies> { ["someone"] = User("someone", [.. documents]) }, cedar.ToString(), [.. questions]);
    }

    private static string ActionOf(int i) => _actions[i % _actions.Length];

    private static string ResourceOf(int i, bool pattern) => pattern
        ? string.Create(CultureInfo.InvariantCulture, $"arn:aws:ssm:us-east-2:{Account}:parameter/team-{i:x8}/*")
        : string.Create(CultureInfo.InvariantCulture, $"{Windows}mw-{i:x17}");

    private static PrincipalPolicies User(string name, params AttachedPolicy[] policies) =>
        new(new PrincipalIdentity.User(Account, $"arn:aws:iam::{Account}:user/{name}", "AIDAEXAMPLE0000000001"), policies);

    private static AttachedPolicy Managed(string name, string json) =>
        new(new PolicySource.Managed("arn:aws:iam::aws:policy/" + name, new PolicyHolder(HolderKind.User, "u")), Parsed(json, PolicyKind.Managed));

    private static AttachedPolicy Inline(string name, string json) =>
        new(new PolicySource.Inline(name, new PolicyHolder(HolderKind.Group, "g")), Parsed(json, PolicyKind.Inline));

    private static PolicyDocument Parsed(string json, PolicyKind kind) =>
        PolicyDocument.TryParse(json, kind, out var document, out var fault) ? document : throw new InvalidOperationException(fault.Detail);
}
