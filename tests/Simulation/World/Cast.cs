using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Simulation.Tests.World;

/// <summary>Who is there before a run begins: an operator, a role for tasks, and nodes, some of which nobody ever switches on.</summary>
internal static class Cast
{
    public const int NodesMax = 6;
    public const string TaskRole = "maintenance";
    public const string TaskRoleArn = "arn:aws:iam::123456789012:role/maintenance";
    public const string OperatorName = "operator";
    public const string PolicyName = "own";
    public const string Trust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    public const string NoTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string OperatorId = "AIDAOPERATOR000000000";
    private const string NodeRoleId = "AROANODES000000000000";
    private const string NodeRoleName = "AmazonEC2RunCommandRoleForManagedInstances";

    public static Principal Root { get; } = new Principal.Root(Simulation.Account);

    public static Principal Operator { get; } = new Principal.User(Simulation.Account, OperatorId, OperatorName, "/");

    public static string NodeId(int number) => $"mi-{number:D17}";

    public static string Allow(params string[] actions) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["{{string.Join("\",\"", actions)}}"],"Resource":"*"}]}""";

    /// <summary>The session in which a node polls.</summary>
    public static Principal Session(string nodeId) =>
        new Principal.RoleSession(Simulation.Account, NodeRoleId, NodeRoleName, "/service-role/", nodeId, DateTimeOffset.UnixEpoch)
        {
            Node = new NodeSeat(nodeId, Simulation.Scope.Region),
        };

    public static void Insert(Tx tx)
    {
        var scope = Simulation.Scope;
        Accounts.Insert(tx, scope.Account, "{}", 0);
        Roles.Insert(tx, scope.Global, new RoleRow(NodeRoleId, NodeRoleName, "/service-role/", Trust, 3600, 0));
        Attachments.Attach(tx, scope.Global, NodeRoleId, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
        var role = new RoleRow("AROAMAINTENANCE000000", TaskRole, "/", Trust, 3600, 0);
        Roles.Insert(tx, scope.Global, role);
        InlinePolicies.Put(tx, role.Id, PolicyName, Allow("ssm:SendCommand", "ssm:CancelCommand"));
        Users.Insert(tx, scope.Global, new UserRow(OperatorId, OperatorName, "/", null, 0));
        InlinePolicies.Put(tx, OperatorId, PolicyName, Allow("ssm:*", "iam:PassRole"));
        for (var i = 0; i < NodesMax; i++)
        {
            var report = new NodeReport { PlatformType = "Linux", AgentName = "casement-agent" };
            Nodes.Insert(tx, new NodeRow(NodeId(i), scope, $"key{i}", $"hash{i}", null, "activation", FirstRoles.NodeRole, null, report, i, null));
            Tags.Set(tx, scope, Nodes.TagKind, NodeId(i), [KeyValuePair.Create("group", i % 2 == 0 ? "even" : "odd")]);
        }
    }
}
