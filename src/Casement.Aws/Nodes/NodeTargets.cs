namespace Casement.Aws.Nodes;

/// <summary>
/// The values of <c>X-Amz-Target</c> that a node sends. <c>AmazonSSM.*</c> is signed for the service <c>ssm</c>,
/// <c>EC2WindowsMessageDeliveryService.*</c> for <c>ec2messages</c>; registration is not signed at all, and the two
/// key-holder calls (role token, new public key) carry an RSA-PSS signature by the node's registered key.
/// </summary>
public static class NodeTargets
{
    /// <summary>Anonymous: the activation code is the only credential.</summary>
    public const string RegisterManagedInstance = "AmazonSSM.RegisterManagedInstance";

    /// <summary>RSA-signed; the stock agent sends this body chunked, without Content-Length.</summary>
    public const string RequestManagedInstanceRoleToken = "AmazonSSM.RequestManagedInstanceRoleToken";

    /// <summary>RSA-signed with the old key; chunked as the role token request.</summary>
    public const string UpdateManagedInstancePublicKey = "AmazonSSM.UpdateManagedInstancePublicKey";

    /// <summary>Heartbeat and inventory of the node; the stock agent hibernates when its first one fails.</summary>
    public const string UpdateInstanceInformation = "AmazonSSM.UpdateInstanceInformation";

    /// <summary>Long poll: held 15 to 18 s while there is nothing; the stock agent drops it at 20 s.</summary>
    public const string GetMessages = "EC2WindowsMessageDeliveryService.GetMessages";

    /// <summary>Sent before a command starts; a terminal reply counts as an acknowledgement too.</summary>
    public const string AcknowledgeMessage = "EC2WindowsMessageDeliveryService.AcknowledgeMessage";

    /// <summary>Carries a <see cref="ReplyPayload"/> as JSON text.</summary>
    public const string SendReply = "EC2WindowsMessageDeliveryService.SendReply";

    /// <summary>The node cannot handle the message at all: unknown topic or unreadable cancellation.</summary>
    public const string FailMessage = "EC2WindowsMessageDeliveryService.FailMessage";

    /// <summary>Defined by the service; neither the stock agent nor Casement's calls it.</summary>
    public const string DeleteMessage = "EC2WindowsMessageDeliveryService.DeleteMessage";

    /// <summary>Defined by the service; neither the stock agent nor Casement's calls it.</summary>
    public const string GetEndpoint = "EC2WindowsMessageDeliveryService.GetEndpoint";
}
