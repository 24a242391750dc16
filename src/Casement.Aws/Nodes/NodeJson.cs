using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Aws.Nodes;

/// <summary>
/// JSON of everything that passes between a node and the server, generated at build time. Absent members are read as
/// null and null is not written, but for the two members that the stock agent sends as null.
/// </summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegisterManagedInstanceRequest))]
[JsonSerializable(typeof(RegisterManagedInstanceReply))]
[JsonSerializable(typeof(RequestManagedInstanceRoleTokenRequest))]
[JsonSerializable(typeof(RequestManagedInstanceRoleTokenReply))]
[JsonSerializable(typeof(UpdateManagedInstancePublicKeyRequest))]
[JsonSerializable(typeof(UpdateInstanceInformationRequest))]
[JsonSerializable(typeof(EmptyReply))]
[JsonSerializable(typeof(GetMessagesRequest))]
[JsonSerializable(typeof(GetMessagesReply))]
[JsonSerializable(typeof(AcknowledgeMessageRequest))]
[JsonSerializable(typeof(SendReplyRequest))]
[JsonSerializable(typeof(SendReplyReply))]
[JsonSerializable(typeof(FailMessageRequest))]
[JsonSerializable(typeof(DeleteMessageRequest))]
[JsonSerializable(typeof(GetEndpointRequest))]
[JsonSerializable(typeof(GetEndpointReply))]
[JsonSerializable(typeof(SendCommandPayload))]
[JsonSerializable(typeof(CancelCommandPayload))]
[JsonSerializable(typeof(ReplyPayload))]
public sealed partial class NodeJson : JsonSerializerContext
{
    /// <summary>
    /// The context to use: it escapes only what JSON demands, so that a payload inside a payload does not grow sixfold.
    /// The texts are not meant to be embedded into HTML.
    /// </summary>
    public static NodeJson Wire { get; } = new(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
