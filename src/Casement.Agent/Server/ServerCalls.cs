using Casement.Aws.Nodes;

namespace Casement.Agent.Server;

/// <summary>The operations a node calls.</summary>
internal static class ServerCalls
{
    private const string Ssm = "ssm";
    private const string Messages = "ec2messages";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    internal static readonly ServerCall<RegisterManagedInstanceRequest, RegisterManagedInstanceReply> Register = new(
        NodeTargets.RegisterManagedInstance, Ssm, _patience,
        NodeJson.Wire.RegisterManagedInstanceRequest, NodeJson.Wire.RegisterManagedInstanceReply);

    internal static readonly ServerCall<RequestManagedInstanceRoleTokenRequest, RequestManagedInstanceRoleTokenReply>
        RoleToken = new(
            NodeTargets.RequestManagedInstanceRoleToken, Ssm, _patience,
            NodeJson.Wire.RequestManagedInstanceRoleTokenRequest, NodeJson.Wire.RequestManagedInstanceRoleTokenReply);

    internal static readonly ServerCall<UpdateManagedInstancePublicKeyRequest, EmptyReply> ReplaceKey = new(
        NodeTargets.UpdateManagedInstancePublicKey, Ssm, _patience,
        NodeJson.Wire.UpdateManagedInstancePublicKeyRequest, NodeJson.Wire.EmptyReply);

    internal static readonly ServerCall<UpdateInstanceInformationRequest, EmptyReply> UpdateInstanceInformation = new(
        NodeTargets.UpdateInstanceInformation, Ssm, _patience,
        NodeJson.Wire.UpdateInstanceInformationRequest, NodeJson.Wire.EmptyReply);

    internal static readonly ServerCall<AcknowledgeMessageRequest, EmptyReply> Acknowledge = new(
        NodeTargets.AcknowledgeMessage, Messages, _patience,
        NodeJson.Wire.AcknowledgeMessageRequest, NodeJson.Wire.EmptyReply);

    internal static readonly ServerCall<SendReplyRequest, SendReplyReply> SendReply = new(
        NodeTargets.SendReply, Messages, _patience, NodeJson.Wire.SendReplyRequest, NodeJson.Wire.SendReplyReply);

    internal static readonly ServerCall<FailMessageRequest, EmptyReply> FailMessage = new(
        NodeTargets.FailMessage, Messages, _patience, NodeJson.Wire.FailMessageRequest, NodeJson.Wire.EmptyReply);

    internal static ServerCall<GetMessagesRequest, GetMessagesReply> GetMessages(TimeSpan patience) => new(
        NodeTargets.GetMessages, Messages, patience, NodeJson.Wire.GetMessagesRequest, NodeJson.Wire.GetMessagesReply);
}
