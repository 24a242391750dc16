using System.Collections.Concurrent;
using System.Text.Json;
using Casement.Agent.Documents;
using Casement.Agent.Ledgers;
using Casement.Agent.Server;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>Takes the messages of this node and sees to it that each command is carried out once and answered.</summary>
internal sealed class CommandDesk(NodeContext node, NodeSession session, Ledger ledger)
{
    internal const int RunningMax = 5;
    private static readonly TimeSpan _afterDiskFault = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly Restart _restart = new(node);

    /// <summary>Goes on with whatever an earlier agent left.</summary>
    internal void Resume(CancellationToken stop)
    {
        foreach (var entry in ledger.Unfinished())
        {
            node.Log.Detail($"Command {entry.CommandId} goes on from the ledger: {entry.State}.");
            Begin(entry, stop);
        }
    }

    /// <returns>False when the message was left for a later delivery.</returns>
    internal async Task<bool> HandleAsync(NodeMessage message, CancellationToken stop)
    {
        if (!CommandMessageId.TryParse(message.MessageId, out var id) || id.NodeId != node.Node.InstanceId
            || message.Destination != node.Node.InstanceId || message.Topic is null || message.Payload is null)
        {
            await FailAsync(message, MessageFailure.InternalHandlerException, "it is not for this node or incomplete", stop);
            return true;
        }
        if (message.Topic.StartsWith(NodeTopics.SendCommand, StringComparison.Ordinal))
        {
            return await TakeAsync(id.CommandId, message, stop);
        }
        if (message.Topic.StartsWith(NodeTopics.CancelCommand, StringComparison.Ordinal))
        {
            await CancelAsync(message, stop);
            return true;
        }
        await FailAsync(message, MessageFailure.NoHandlerExists, $"its topic is {message.Topic}", stop);
        return true;
    }

    /// <summary>Waits for what is under way; scripts are not waited for once the agent stops.</summary>
    internal Task EndAsync() => Task.WhenAll(_underWay.Values);

    private async Task<bool> TakeAsync(string commandId, NodeMessage message, CancellationToken stop)
    {
        var replies = new CommandReplies(node, session, message.MessageId!);
        if (ledger.Find(commandId) is { } known)
        {
            node.Log.Detail($"Command {commandId} was delivered again; it is known and not started.");
            await replies.AnswerAgainAsync(known.IsDone ? known.ReadResult() : null, stop);
            return true;
        }
        if (!Ledger.IsRecent(message.CreatedDate, node.Clock.GetUtcNow()))
        {
            var reason = $"The message's CreatedDate {message.CreatedDate} is older than the "
                + $"{Ledger.Retention.TotalDays:0} days that this node remembers its commands, or cannot be read.";
            node.Log.Say($"Command {commandId} refused: {reason}");
            return await replies.RefuseAsync(reason, stop);
        }
        if (_running.Count >= RunningMax || _restart.IsUnderWay)
        {
            node.Log.Detail($"Command {commandId} is left for later: {_running.Count} are running.");
            return false;
        }
        CrashPoint.Pass(CrashPoint.AgentReceived);
        var entry = ledger.Receive(commandId, message, node.Clock.GetUtcNow());
        CrashPoint.Pass(CrashPoint.AgentRecorded);
        Begin(entry, stop);
        return true;
    }

    private void Begin(LedgerEntry entry, CancellationToken stop)
    {
        _running[entry.CommandId] = true;
        var work = Task.Run(() => CarryOutAsync(entry, stop), CancellationToken.None);
        _underWay[entry.CommandId] = work;
        if (work.IsCompleted)
        {
            // it took itself off the list before it was on it
            _underWay.TryRemove(entry.CommandId, out _);
        }
    }

    private async Task CarryOutAsync(LedgerEntry entry, CancellationToken stop)
    {
        try
        {
            while (!await TryCarryOutAsync(entry, stop))
            {
                await Task.Delay(_afterDiskFault, node.Clock, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // the agent stops; the ledger has all that the next one needs
        }
        catch (Exception fault) when (fault is InvalidDataException or JsonException)
        {
            node.Log.Say($"The ledger entry {entry.Path} cannot be read and is left alone: {fault.Message}");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // a defect of the agent must cost this command only
            node.Log.Say($"Command {entry.CommandId} is left to the next start of the agent: {fault}");
        }
        finally
        {
            _running.TryRemove(entry.CommandId, out _);
            _underWay.TryRemove(entry.CommandId, out _);
        }
    }

    /// <returns>False after a fault of the disk: to be tried again from what the ledger says then.</returns>
    private async Task<bool> TryCarryOutAsync(LedgerEntry entry, CancellationToken stop)
    {
        try
        {
            var replies = new CommandReplies(node, session, entry.Receipt.MessageId);
            var result = entry.ReadResult() ?? await RunAsync(entry, replies, stop);
            _running.TryRemove(entry.CommandId, out _);
            if (result is not null)
            {
                await replies.DeliverAsync(result, stop);
                CrashPoint.Pass(CrashPoint.AgentReplied);
            }
            ledger.Complete(entry);
            CrashPoint.Pass(CrashPoint.AgentClosed);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            node.Log.Trouble("disk", $"Command {entry.CommandId}: {fault.Message} Trying again.");
            return false;
        }
    }

    /// <returns>Null when the server had withdrawn the command before it was started.</returns>
    private async Task<CommandResult?> RunAsync(LedgerEntry entry, CommandReplies replies, CancellationToken stop)
    {
        CommandResult result;
        switch (DocumentPlan.Read(entry.ReadPayload()))
        {
            case DocumentPlan.Refused(var reason):
                result = new CommandResult(ReplyStatus.Failed, reason, []);
                break;
            case DocumentPlan.Steps plan:
                if (entry.State == EntryState.Received && await replies.AcknowledgeAsync(stop) is { } refusal)
                {
                    node.Log.Say($"Command {entry.CommandId} was not started, the server has withdrawn it: {refusal}");
                    entry.WriteResult(new CommandResult(ReplyStatus.Failed, "Withdrawn before it was started.", []));
                    return null;
                }
                CrashPoint.Pass(CrashPoint.AgentAcknowledged);
                node.Log.Detail($"Command {entry.CommandId} runs.");
                result = await new CommandRunner(node, _restart).RunAsync(plan, entry, replies, stop);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        entry.WriteResult(result);
        CrashPoint.Pass(CrashPoint.AgentFinished);
        return result;
    }

    private async Task CancelAsync(NodeMessage message, CancellationToken stop)
    {
        CancelCommandPayload? payload = null;
        try
        {
            payload = JsonSerializer.Deserialize(message.Payload!, NodeJson.Wire.CancelCommandPayload);
        }
        catch (JsonException)
        {
            // said below
        }
        if (!CommandMessageId.TryParse(payload?.CancelMessageId, out var id))
        {
            await FailAsync(message, MessageFailure.InternalHandlerException, "its cancellation cannot be read", stop);
            return;
        }
        if (ledger.Find(id.CommandId) is { State: EntryState.Received or EntryState.Started } entry)
        {
            node.Log.Detail($"Command {id.CommandId} is cancelled.");
            entry.Cancel();
            CrashPoint.Pass(CrashPoint.AgentCancelled);
        }
        await new CommandReplies(node, session, message.MessageId!).AnswerAgainAsync(null, stop);
    }

    private async Task FailAsync(NodeMessage message, string failure, string reason, CancellationToken stop)
    {
        node.Log.Say($"Message {message.MessageId} is given back: {reason}.");
        if (!string.IsNullOrEmpty(message.MessageId))
        {
            await session.CallAsync(ServerCalls.FailMessage, new FailMessageRequest(message.MessageId, failure), stop);
        }
    }
}
