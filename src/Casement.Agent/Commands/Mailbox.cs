using Casement.Agent.Posix;
using Casement.Agent.Ledgers;
using Casement.Agent.Server;
using Casement.Aws.Nodes;

namespace Casement.Agent.Commands;

/// <summary>The two things a node does all the time: ask for messages, and say that it is there.</summary>
internal sealed class Mailbox(
    NodeContext node, NodeSession session, CommandDesk desk, Ledger ledger, TimeSpan pollPatience)
{
    private static readonly TimeSpan _heartbeatEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _forgetEvery = TimeSpan.FromDays(1);

    internal async Task PollAsync(CancellationToken stop)
    {
        var call = ServerCalls.GetMessages(pollPatience);
        var (pauses, requestId) = (new Pauses(), AgentIdentity.RandomId());
        while (!stop.IsCancellationRequested)
        {
            var since = node.Clock.GetTimestamp();
            var answer = await session.CallAsync(call, new GetMessagesRequest(node.Node.InstanceId, requestId, 10), stop);
            if (answer is not ServerAnswer<GetMessagesReply>.Done(var reply))
            {
                // an abandoned poll is asked again under its own id
                await session.PauseAsync(answer, pauses, stop);
                continue;
            }
            session.SayBack();
            (pauses, requestId) = (new Pauses(), AgentIdentity.RandomId());
            var isBusy = !await HandleAsync(reply.Messages ?? [], stop);
            var isHasty = (reply.Messages ?? []).Count == 0 && node.Clock.GetElapsedTime(since) < TimeSpan.FromSeconds(1);
            if (isBusy || isHasty)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), node.Clock, stop);
            }
        }
    }

    internal async Task BeatAsync(string? name, CancellationToken stop)
    {
        var forgetAt = node.Clock.GetUtcNow();
        while (!stop.IsCancellationRequested)
        {
            var answer = await session.InsistAsync(
                ServerCalls.UpdateInstanceInformation, AgentIdentity.Describe(node.Node, Machine.Read(), name), stop);
            if (answer is ServerAnswer<EmptyReply>.Refused(var code, var text))
            {
                node.Log.Trouble("heartbeat", $"The server does not take this node's heartbeat: {code}: {text}");
            }
            if (node.Clock.GetUtcNow() >= forgetAt)
            {
                Forget();
                forgetAt = node.Clock.GetUtcNow() + _forgetEvery;
            }
            await Task.Delay(_heartbeatEvery, node.Clock, stop);
        }
    }

    private void Forget()
    {
        try
        {
            node.Log.Detail($"{ledger.Forget(node.Clock.GetUtcNow())} old commands forgotten.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            node.Log.Trouble("forget", $"Old commands could not be removed: {fault.Message}");
        }
    }

    private async Task<bool> HandleAsync(IReadOnlyList<NodeMessage?> messages, CancellationToken stop)
    {
        var all = true;
        // a server's list may hold a null, whatever the record says
        foreach (var message in messages.OfType<NodeMessage>())
        {
            try
            {
                all &= await desk.HandleAsync(message, stop);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // not acknowledged, so it comes again
                node.Log.Trouble("disk", $"Message {message.MessageId} could not be recorded: {fault.Message}");
                all = false;
            }
        }
        return all;
    }
}
