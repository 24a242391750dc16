namespace Casement.Storage;

/// <summary>A message that waits for a node.</summary>
/// <param name="CommandId">The command that it brings or cancels.</param>
/// <param name="Payload">JSON text; null for a command's own, which <see cref="Commands.Payload"/> knows.</param>
/// <param name="FirstOutMs">When it was first handed out; null before.</param>
public sealed record NodeMessageRow(long Seq, string MessageId, string CommandId, string? Payload, long? FirstOutMs)
{
    public bool IsCancel => Payload is not null;
}

/// <summary>
/// Messages to nodes. One that brings a command stays until the command has ended on the node, so that those handed out and
/// not ended can be counted; one that cancels stays until it is acknowledged.
/// </summary>
public static class Mailbox
{
    /// <summary>How long a message that was handed out stays hidden until it is handed out again.</summary>
    public const long VisibilityMs = 60_000;

    /// <summary>
    /// How long after the first time a message is handed out again. The stock agent forgets after half an hour which commands
    /// it ran: later it would run one twice.
    /// </summary>
    public const long RedeliveryMs = 25 * 60_000;

    /// <summary>How many commands a node may hold: as many as the stock agent runs at once, so that none queues there.</summary>
    public const int HeldMax = 5;

    public static void PutCommand(Tx tx, string nodeId, string messageId, string commandId, long nowMs) => tx.Execute(
        "INSERT INTO node_messages(node_id, message_id, command_id, payload, visible_ms) VALUES($1,$2,$3,NULL,$4)", nodeId, messageId, commandId, nowMs);

    public static void PutCancel(Tx tx, string nodeId, string messageId, string commandId, string payload, long nowMs) => tx.Execute(
        "INSERT INTO node_messages(node_id, message_id, command_id, payload, visible_ms) VALUES($1,$2,$3,$4,$5)", nodeId, messageId, commandId, payload, nowMs);

    /// <summary>What may be handed out now: cancellations first, then commands as far as the node may hold more.</summary>
    public static List<NodeMessageRow> Waiting(Tx tx, string nodeId, long nowMs)
    {
        var waiting = tx.All(
            """
            SELECT m.seq, m.message_id, m.command_id, m.payload, m.first_out_ms FROM node_messages m
            WHERE m.node_id=$1 AND m.acked_ms IS NULL AND m.visible_ms IS NOT NULL AND m.visible_ms <= $2 AND coalesce(m.first_out_ms, $2) > $3
            ORDER BY m.payload IS NULL, m.seq LIMIT 100
            """,
            r => new NodeMessageRow(r.Long(0), r.Text(1), r.Text(2), r.TextOrNull(3), r.LongOrNull(4)), nodeId, nowMs, nowMs - RedeliveryMs);
        if (waiting.TrueForAll(m => m.IsCancel || m.FirstOutMs is not null))
        {
            return waiting;
        }

        var room = HeldMax - tx.Count("SELECT count(*) FROM node_messages WHERE node_id=$1 AND payload IS NULL AND first_out_ms IS NOT NULL", nodeId);
        return waiting.FindAll(m => m.IsCancel || m.FirstOutMs is not null || room-- > 0);
    }

    /// <summary>Notes that messages were handed out; each becomes visible again later, but not for ever.</summary>
    public static void HandOut(Tx tx, IEnumerable<NodeMessageRow> messages, long nowMs)
    {
        foreach (var message in messages)
        {
            var first = message.FirstOutMs ?? nowMs;
            long? visible = nowMs + VisibilityMs < first + RedeliveryMs ? nowMs + VisibilityMs : null;
            tx.Execute("UPDATE node_messages SET first_out_ms=$2, visible_ms=$3 WHERE seq=$1", message.Seq, first, visible);
        }
    }

    /// <summary>The reply that carried these never left: they wait again, as before.</summary>
    public static void TakeBack(Tx tx, IEnumerable<NodeMessageRow> messages, long nowMs)
    {
        foreach (var message in messages)
        {
            tx.Execute(
                "UPDATE node_messages SET first_out_ms=$2, visible_ms=$3 WHERE seq=$1 AND acked_ms IS NULL", message.Seq, message.FirstOutMs, nowMs);
        }
    }

    /// <summary>Whether the message was ever handed out; null when it is not there.</summary>
    public static bool? WasHandedOut(Tx tx, string messageId) => tx.One<bool?>(
        "SELECT first_out_ms IS NOT NULL FROM node_messages WHERE message_id=$1", r => r.Flag(0), messageId);

    public static void Acknowledge(Tx tx, string messageId, long nowMs) => tx.Execute(
        "UPDATE node_messages SET acked_ms=$2, first_out_ms=coalesce(first_out_ms, $2), visible_ms=NULL WHERE message_id=$1 AND acked_ms IS NULL", messageId, nowMs);

    public static bool Remove(Tx tx, string messageId) => tx.Execute("DELETE FROM node_messages WHERE message_id=$1", messageId) == 1;

    /// <summary>A cancellation has done its work once the node took it.</summary>
    public static bool RemoveCancel(Tx tx, string messageId) =>
        tx.Execute("DELETE FROM node_messages WHERE message_id=$1 AND payload IS NOT NULL", messageId) == 1;

    /// <summary>Removes everything about a command from a node's mailbox.</summary>
    public static void RemoveAll(Tx tx, string nodeId, string commandId) =>
        tx.Execute("DELETE FROM node_messages WHERE node_id=$1 AND command_id=$2", nodeId, commandId);

    /// <summary>When the next message that was handed out and not acknowledged becomes visible again, after the given instant.</summary>
    public static long? NextVisible(Tx tx, long afterMs) => tx.One(
        "SELECT min(visible_ms) FROM node_messages WHERE first_out_ms IS NOT NULL AND acked_ms IS NULL AND visible_ms IS NOT NULL AND visible_ms > $1",
        r => r.LongOrNull(0), afterMs);

    /// <summary>Nodes with a message that became visible again in an interval, its end included.</summary>
    public static List<string> VisibleAgain(Tx tx, long afterMs, long untilMs) => tx.All(
        """
        SELECT DISTINCT node_id FROM node_messages
        WHERE first_out_ms IS NOT NULL AND acked_ms IS NULL AND visible_ms IS NOT NULL AND visible_ms > $1 AND visible_ms <= $2
        """,
        r => r.Text(0), afterMs, untilMs);

    /// <summary>False when this reply was taken before.</summary>
    public static bool TakeReply(Tx tx, string messageId, string replyId, long nowMs) => tx.Execute(
        "INSERT INTO replies(message_id, reply_id, at_ms) VALUES($1,$2,$3) ON CONFLICT(message_id, reply_id) DO NOTHING", messageId, replyId, nowMs) == 1;
}
