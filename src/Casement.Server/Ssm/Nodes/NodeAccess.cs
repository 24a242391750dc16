using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>Who may act as, and on, a node.</summary>
internal static class NodeAccess
{
    /// <summary>The resource that policies are matched against; <c>i-</c> nodes are EC2's.</summary>
    public static string Arn(Scope scope, string? nodeId) => nodeId switch
    {
        { Length: > 0 } when nodeId.StartsWith("i-", StringComparison.Ordinal) => $"arn:aws:ec2:{scope.Region}:{scope.Account}:instance/{nodeId}",
        { Length: > 0 } => $"arn:aws:ssm:{scope.Region}:{scope.Account}:managed-instance/{nodeId}",
        _ => Access.AnyOf(scope),
    };

    /// <summary>The permission on a node, with its tags as condition keys.</summary>
    public static Access To(string action, string? nodeId, Call call) => new(action, Arn(call.Scope, nodeId))
    {
        ResourceTags = nodeId is null ? [] : call.Read(tx => Storage.Tags.Of(tx, call.Scope, Storage.Nodes.TagKind, nodeId)),
    };

    /// <summary>
    /// Lets a call through only if it comes from the session that this very node was given, whatever policies say: a mailbox has
    /// no ARN, so a policy for operators that grants all of <c>ec2messages</c> would otherwise open every node's.
    /// </summary>
    /// <exception cref="AwsException">AccessDenied for all others; InvalidInstanceId for a node that is not registered here.</exception>
    public static async Task Seat(Call call, string nodeId)
    {
        if (call.Principal is not Principal.RoleSession { Node: { } seat } || seat.NodeId != nodeId)
        {
            await call.Backstage.Audit.Denied(call.Entry("deny", call.AuditDoc));
            throw new AuthFault.Denied(
                $"User: {call.Principal.Arn} is not authorized to perform: {call.Operation.Action} on resource: {Arn(call.Scope, nodeId)} because only the node's own session may act as the node")
                .ToException(call.Operation.Service.Protocol);
        }

        if (!call.Read(tx => Storage.Nodes.Exists(tx, call.Scope, nodeId)))
        {
            throw NotHere(call, nodeId);
        }

        call.Backstage.Contacts.Touch(nodeId, call.Backstage.Clock.RealNow);
    }

    /// <summary>As <see cref="Seat(Call, string)"/>, for the node that a message's id names.</summary>
    /// <exception cref="AwsException">InvalidMessageIdException when it is no message's id.</exception>
    public static async Task<CommandMessageId> SeatOf(Call call, string? messageId)
    {
        if (!CommandMessageId.TryParse(messageId, out var id))
        {
            throw new AwsException("InvalidMessageIdException", $"The message id '{messageId}' is not of the form aws.ssm.<command>.<node>.");
        }

        await Seat(call, id.NodeId);
        return id;
    }

    /// <summary>Not registered, or registered in another region than the signature names.</summary>
    public static AwsException NotHere(Call call, string nodeId)
    {
        var elsewhere = call.Read(tx => Storage.Nodes.FindAnywhere(tx, call.Scope.Account, nodeId));
        return new AwsException("InvalidInstanceId", elsewhere is null || elsewhere.Scope.Region == call.Scope.Region
            ? $"Node {nodeId} is not registered on this server."
            : $"Node {nodeId} is registered in {elsewhere.Scope.Region}, but the request was signed for {call.Scope.Region}: start the agent with that region.");
    }
}
