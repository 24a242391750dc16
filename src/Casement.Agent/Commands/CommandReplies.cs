using System.Collections.Concurrent;
using System.Text.Json;
using Casement.Agent.Ledgers;
using Casement.Agent.Server;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>Everything the server is told about one command. Each reply may be sent again under its own id.</summary>
internal sealed class CommandReplies(NodeContext node, NodeSession session, string messageId)
{
    private readonly ConcurrentDictionary<string, bool> _accepted = new(StringComparer.Ordinal);
    private readonly List<Task> _underWay = [];

    /// <summary>
    /// Says that the command has arrived, as reply and as acknowledgement, and waits until the server has taken both: a
    /// command that the server withdrew in the meantime must not start.
    /// </summary>
    /// <returns>Null, or why the server does not want the command to run.</returns>
    internal async Task<string?> AcknowledgeAsync(CancellationToken stop)
    {
        var replied = await session.InsistAsync(ServerCalls.SendReply, Progress(), stop);
        if (replied is ServerAnswer<SendReplyReply>.Refused(var replyFault, var replyText))
        {
            return $"{replyFault}: {replyText}";
        }
        var acknowledged = await session.InsistAsync(
            ServerCalls.Acknowledge, new AcknowledgeMessageRequest(messageId), stop);
        return acknowledged is ServerAnswer<EmptyReply>.Refused(var fault, var text) ? $"{fault}: {text}" : null;
    }

    /// <summary>Answers a message that was delivered once more; one attempt, since it may be delivered yet again.</summary>
    internal async Task AnswerAgainAsync(CommandResult? result, CancellationToken stop)
    {
        await session.CallAsync(ServerCalls.SendReply, result is null ? Progress() : Final(result), stop);
        await session.CallAsync(ServerCalls.Acknowledge, new AcknowledgeMessageRequest(messageId), stop);
    }

    internal async Task<bool> RefuseAsync(string reason, CancellationToken stop) =>
        await session.CallAsync(ServerCalls.SendReply, Final(new CommandResult(ReplyStatus.Failed, reason, [])), stop)
            is ServerAnswer<SendReplyReply>.Done;

    /// <summary>Tells a step's result without making the next step wait; one that is lost comes with the last reply.</summary>
    internal void SendStep(StepRecord record, IReadOnlyList<StepRecord> soFar, CancellationToken stop) =>
        _underWay.Add(TrySendStepAsync(record, soFar, stop));

    internal async Task RestartWishedAsync(
        StepRecord record, IReadOnlyList<StepRecord> before, CancellationToken stop) =>
        await session.CallAsync(
            ServerCalls.SendReply,
            Build(
                AgentIdentity.RandomId(), ReplyStatus.InProgress, "",
                new Dictionary<string, PluginResult> { [record.Key] = record.Result }, Counts(before)),
            stop);

    /// <summary>Tells the result, however long that takes.</summary>
    internal async Task DeliverAsync(CommandResult result, CancellationToken stop)
    {
        await Task.WhenAll(_underWay);
        // with one step the last reply carries it; with more it carries none
        if (result.Steps.Count > 1)
        {
            for (var index = 0; index < result.Steps.Count; index++)
            {
                var step = result.Steps[index];
                if (!_accepted.ContainsKey(step.Key))
                {
                    await session.InsistAsync(
                        ServerCalls.SendReply, Step(step, [.. result.Steps.Take(index + 1)]), stop);
                }
            }
        }
        if (await session.InsistAsync(ServerCalls.SendReply, Final(result), stop)
            is ServerAnswer<SendReplyReply>.Refused(var code, var text))
        {
            node.Log.Say($"The server does not want the result of {messageId}: {code}: {text}");
        }
    }

    private async Task TrySendStepAsync(StepRecord record, IReadOnlyList<StepRecord> soFar, CancellationToken stop)
    {
        try
        {
            if (await session.CallAsync(ServerCalls.SendReply, Step(record, soFar), stop)
                is ServerAnswer<SendReplyReply>.Done)
            {
                _accepted[record.Key] = true;
            }
        }
        catch (OperationCanceledException)
        {
            // the agent stops; the next one sends the results again
        }
    }

    private SendReplyRequest Progress() =>
        Build(AgentIdentity.ReplyId(messageId, "progress"), ReplyStatus.InProgress, "", null, null);

    private SendReplyRequest Step(StepRecord record, IReadOnlyList<StepRecord> soFar) => Build(
        AgentIdentity.ReplyId(messageId, $"step/{record.Key}"), ReplyStatus.InProgress, "",
        new Dictionary<string, PluginResult> { [record.Key] = record.Result }, Counts(soFar));

    private SendReplyRequest Final(CommandResult result) => Build(
        AgentIdentity.ReplyId(messageId, "final"), result.DocumentStatus, result.Trace,
        result.Steps is [var only]
            ? new Dictionary<string, PluginResult> { [only.Key] = only.Result }
            : new Dictionary<string, PluginResult>(),
        Counts(result.Steps));

    private SendReplyRequest Build(
        string replyId, string status, string trace, Dictionary<string, PluginResult>? plugins,
        Dictionary<string, int>? counts)
    {
        var payload = new ReplyPayload(
            new ReplyInfo(
                new ReplyAgent("en-US", AgentIdentity.Name, "linux", "1", AgentIdentity.Version),
                NodeInstant.Format(node.Clock.GetUtcNow()), "", counts),
            status, trace, plugins);
        return new SendReplyRequest(
            messageId, JsonSerializer.Serialize(payload, NodeJson.Wire.ReplyPayload), replyId);
    }

    private static Dictionary<string, int> Counts(IReadOnlyList<StepRecord> records) =>
        records.GroupBy(record => record.Result.Status!).ToDictionary(group => group.Key, group => group.Count());
}
