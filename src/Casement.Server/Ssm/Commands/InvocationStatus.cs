using Casement.Executions;
using Casement.Server.Operations;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Ssm.Commands;

/// <summary>What to say of a command on a node at this instant; it may depend on when the node was last heard of.</summary>
internal static class InvocationStatus
{
    public static CommandInvocationStatusPair Of(Tx tx, Call call, CommandInvocationRow invocation)
    {
        // only a command that waits for its node can be delayed
        var waits = invocation.Outcome is null && invocation.Stage == CommandStage.Unacknowledged;
        var seen = waits ? Storage.Nodes.Find(tx, call.Scope, invocation.NodeId)?.LastSeenMs : null;
        var last = waits ? call.Backstage.Contacts.Last(invocation.NodeId, seen, call.Backstage.Clock) : null;
        return CommandClocks.StatusOf(invocation.Facts, last is { } at ? Instant.FromDateTimeOffset(at) : null, call.Now);
    }
}
