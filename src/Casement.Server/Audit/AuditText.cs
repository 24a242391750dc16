using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Casement.Aws.Wire;

namespace Casement.Server.Audit;

/// <summary>A request as it may stand in the audit trail: what the model calls sensitive is hidden.</summary>
internal static class AuditText
{
    public static string Of(object request)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        JsonWire.WriteRedacted(buffer, request);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string WithError(string? doc, string code)
    {
        var node = doc is null ? [] : JsonNode.Parse(doc)!.AsObject();
        node["errorCode"] = code;
        return node.ToJsonString();
    }
}
