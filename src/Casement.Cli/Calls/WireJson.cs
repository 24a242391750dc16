using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Cli.Calls;

/// <summary>JSON of the public port.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateActivationRequest))]
[JsonSerializable(typeof(CreateActivationReply))]
[JsonSerializable(typeof(DescribeNodesRequest))]
[JsonSerializable(typeof(DescribeNodesReply))]
[JsonSerializable(typeof(DeregisterNodeRequest))]
[JsonSerializable(typeof(EmptyReply))]
[JsonSerializable(typeof(DescribeWindowsRequest))]
[JsonSerializable(typeof(DescribeWindowsReply))]
[JsonSerializable(typeof(DeleteWindowRequest))]
[JsonSerializable(typeof(CreateWindowRequest))]
[JsonSerializable(typeof(CreateWindowReply))]
[JsonSerializable(typeof(RegisterTargetRequest))]
[JsonSerializable(typeof(RegisterTargetReply))]
[JsonSerializable(typeof(RegisterTaskRequest))]
[JsonSerializable(typeof(RegisterTaskReply))]
[JsonSerializable(typeof(DescribeExecutionsRequest))]
[JsonSerializable(typeof(DescribeExecutionsReply))]
[JsonSerializable(typeof(DescribeExecutionTasksRequest))]
[JsonSerializable(typeof(DescribeExecutionTasksReply))]
[JsonSerializable(typeof(DescribeInvocationsRequest))]
[JsonSerializable(typeof(DescribeInvocationsReply))]
[JsonSerializable(typeof(GetCommandInvocationRequest))]
[JsonSerializable(typeof(GetCommandInvocationReply))]
[JsonSerializable(typeof(MoveClockRequest))]
[JsonSerializable(typeof(MoveClockReply))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>Written for people's eyes too: quotes and angle brackets stay as they are.</summary>
    internal static WireJson Plain { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
