using System.Text.Json.Serialization.Metadata;
using Casement.Cli.Calls;

namespace Casement.Cli.Demo;

/// <summary>One person of the demo: each call is shown as the <c>aws</c> line that does the same, then made.</summary>
internal sealed class DemoCaller(ServerClient client, DemoStage stage)
{
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);

    internal Task<TReply> Ssm<TRequest, TReply>(
        string operation, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken stop)
    {
        stage.Call(AwsLine.Of("ssm", operation, request, requestType));
        return client.Ssm(operation, request, requestType, replyType, stop);
    }

    /// <summary>A question asked until the answer changes; shown the first time.</summary>
    internal Task<TReply> Poll<TRequest, TReply>(
        string operation, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken stop)
        => _repeated.Add(operation)
            ? Ssm(operation, request, requestType, replyType, stop)
            : client.Ssm(operation, request, requestType, replyType, stop);

    internal Task<QueryReply> Iam(string action, CancellationToken stop, params (string Name, string Value)[] members)
    {
        List<KeyValuePair<string, string>> pairs = [.. members.Select(member => KeyValuePair.Create(member.Name, member.Value))];
        stage.Call(AwsLine.Of("iam", action, pairs));
        return client.Iam(action, pairs, stop);
    }

    /// <summary>As <see cref="Iam"/>, where one refusal is an expected answer.</summary>
    /// <returns>Null when the service refused with that code.</returns>
    internal async Task<QueryReply?> IamUnless(
        string code, string action, CancellationToken stop, params (string Name, string Value)[] members)
    {
        try
        {
            return await Iam(action, stop, members);
        }
        catch (RefusalException refusal) when (refusal.Code == code)
        {
            return null;
        }
    }
}
