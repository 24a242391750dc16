using Casement.Server.Operations;
using Casement.Server.Ssm.Nodes.Messages;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Activations, nodes, and what nodes themselves call.</summary>
internal static class NodeOperations
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new CreateActivation(),
        new DescribeActivations(),
        new DeleteActivation(),
        new RegisterManagedInstance(),
        new RequestManagedInstanceRoleToken(),
        new UpdateManagedInstancePublicKey(),
        new UpdateInstanceInformation(),
        new DescribeInstanceInformation(),
        new DeregisterManagedInstance(),
        new UpdateManagedInstanceRole(),
        new ListInstanceAssociations(),
        new ListAssociations(),
        new GetMessages(),
        new AcknowledgeMessage(),
        new SendReply(),
        new FailMessage(),
        new DeleteMessage(),
        new GetEndpoint(),
    ];
}
