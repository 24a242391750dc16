using Casement.Executions;
using NodaTime;

namespace Casement.Storage;

/// <summary>A command on one node: what happened. Its status follows from this.</summary>
/// <param name="Ordinal">The node's place in the command, from 0.</param>
/// <param name="Outcome">How it ended; null before.</param>
/// <param name="SentMs">When it was put into the node's mailbox.</param>
/// <param name="AckedMs">When the node had it.</param>
/// <param name="CancelMs">When it was cancelled here.</param>
/// <param name="DeadlineMs">When it ends by itself.</param>
/// <param name="Trace">Why it could not run, or what came too late.</param>
public sealed record CommandInvocationRow(
    string CommandId, string NodeId, int Ordinal, CommandInvocationOutcome? Outcome, long? SentMs, long? AckedMs, long? CancelMs, long? DeadlineMs,
    long? EndMs, string? Trace)
{
    public CommandInvocationFacts Facts => new(
        Moment(SentMs), Moment(AckedMs), CancelMs is not null, Outcome);

    /// <summary>How far it has come, if it has not ended.</summary>
    public CommandStage Stage => AckedMs is not null ? CommandStage.Acknowledged : SentMs is not null ? CommandStage.Unacknowledged : CommandStage.Unsent;

    private static Instant? Moment(long? ms) => ms is { } value ? Instant.FromUnixTimeMilliseconds(value) : null;
}

/// <summary>Commands on their nodes.</summary>
public static class CommandInvocations
{
    /// <summary>When the last node of a command ended, in epoch milliseconds; null when it has none.</summary>
    public static long? LastEnd(Tx tx, string commandId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT max(end_ms) FROM command_invocations WHERE command_id=$1", r => r.LongOrNull(0), commandId);
    }

    private const string Columns = "i.command_id, i.node_id, i.ordinal, i.outcome, i.sent_ms, i.acked_ms, i.cancel_ms, i.deadline_ms, i.end_ms, i.trace";
    private const int ColumnCount = 10;

    public static void Insert(Tx tx, CommandInvocationRow row) => tx.Execute(
        "INSERT INTO command_invocations(command_id, node_id, ordinal, outcome, end_ms) VALUES($1,$2,$3,$4,$5)",
        row.CommandId, row.NodeId, row.Ordinal, (long?)row.Outcome, row.EndMs);

    public static CommandInvocationRow? Find(Tx tx, string commandId, string nodeId) => tx.One(
        $"SELECT {Columns} FROM command_invocations i WHERE i.command_id=$1 AND i.node_id=$2", r => Map(r, 0), commandId, nodeId);

    /// <summary>The next ones whose turn has not come, in order.</summary>
    public static List<CommandInvocationRow> Unsent(Tx tx, string commandId, int limit) => tx.All(
        $"SELECT {Columns} FROM command_invocations i WHERE i.command_id=$1 AND i.sent_ms IS NULL AND i.outcome IS NULL ORDER BY i.ordinal LIMIT $2",
        r => Map(r, 0), commandId, limit);

    /// <summary>Those that were sent and have not ended.</summary>
    public static List<CommandInvocationRow> InFlight(Tx tx, string commandId) => tx.All(
        $"SELECT {Columns} FROM command_invocations i WHERE i.command_id=$1 AND i.sent_ms IS NOT NULL AND i.outcome IS NULL ORDER BY i.ordinal",
        r => Map(r, 0), commandId);

    /// <summary>Everything that has not ended on a node.</summary>
    public static List<CommandInvocationRow> OpenOn(Tx tx, string nodeId) => tx.All(
        $"SELECT {Columns} FROM command_invocations i WHERE i.node_id=$1 AND i.outcome IS NULL", r => Map(r, 0), nodeId);

    /// <summary>Ids of commands that have something due, earliest first.</summary>
    public static List<string> DueCommands(Tx tx, long nowMs, int limit) => tx.All(
        """
        SELECT command_id FROM command_invocations WHERE outcome IS NULL AND deadline_ms IS NOT NULL AND deadline_ms <= $1
        GROUP BY command_id ORDER BY min(deadline_ms) LIMIT $2
        """,
        r => r.Text(0), nowMs, limit);

    /// <summary>What of a command is due.</summary>
    public static List<CommandInvocationRow> Due(Tx tx, string commandId, long nowMs, int limit) => tx.All(
        $"""
        SELECT {Columns} FROM command_invocations i WHERE i.outcome IS NULL AND i.deadline_ms IS NOT NULL AND i.deadline_ms <= $2 AND i.command_id=$1
        ORDER BY i.deadline_ms LIMIT $3
        """,
        r => Map(r, 0), commandId, nowMs, limit);

    /// <summary>The earliest deadline of all; null when nothing waits for one.</summary>
    public static long? EarliestDeadline(Tx tx) => tx.One(
        "SELECT min(deadline_ms) FROM command_invocations WHERE outcome IS NULL AND deadline_ms IS NOT NULL", r => r.LongOrNull(0));

    public static void SetSent(Tx tx, CommandInvocationRow row, long atMs, long deadlineMs) => tx.Execute(
        "UPDATE command_invocations SET sent_ms=$3, deadline_ms=$4 WHERE command_id=$1 AND node_id=$2", row.CommandId, row.NodeId, atMs, deadlineMs);

    public static void SetAcked(Tx tx, CommandInvocationRow row, long atMs, long deadlineMs) => tx.Execute(
        "UPDATE command_invocations SET acked_ms=$3, deadline_ms=$4 WHERE command_id=$1 AND node_id=$2", row.CommandId, row.NodeId, atMs, deadlineMs);

    public static void SetCancelled(Tx tx, CommandInvocationRow row, long atMs, long deadlineMs) => tx.Execute(
        "UPDATE command_invocations SET cancel_ms=$3, deadline_ms=$4 WHERE command_id=$1 AND node_id=$2", row.CommandId, row.NodeId, atMs, deadlineMs);

    public static void SetOutcome(Tx tx, string commandId, string nodeId, CommandInvocationOutcome outcome, long atMs) => tx.Execute(
        "UPDATE command_invocations SET outcome=$3, end_ms=$4, deadline_ms=NULL WHERE command_id=$1 AND node_id=$2", commandId, nodeId, (long)outcome, atMs);

    /// <summary>Ends all whose turn has not come.</summary>
    public static void EndUnsent(Tx tx, string commandId, CommandInvocationOutcome outcome, long atMs) => tx.Execute(
        "UPDATE command_invocations SET outcome=$2, end_ms=$3 WHERE command_id=$1 AND sent_ms IS NULL AND outcome IS NULL", commandId, (long)outcome, atMs);

    public static void SetTrace(Tx tx, string commandId, string nodeId, string trace) => tx.Execute(
        "UPDATE command_invocations SET trace=$3 WHERE command_id=$1 AND node_id=$2", commandId, nodeId, trace);

    /// <summary>
    /// With their commands, newest command first, within a command by ordinal, after the given place. Statuses are not
    /// narrowed here, since some depend on when a node was last heard of.
    /// </summary>
    public static List<(CommandRow Command, CommandInvocationRow Invocation)> Page(
        Tx tx, Scope scope, CommandQuery query, long afterMs, string afterId, long afterOrdinal, int limit) => tx.Page(
        $"""
        SELECT {Commands.Columns}, {Columns} FROM commands c JOIN command_invocations i ON i.command_id=c.command_id
        WHERE {Commands.Where} AND ($7 IS NULL OR i.node_id=$7)
        AND (c.requested_ms < $8 OR (c.requested_ms = $8 AND (c.command_id < $9 OR (c.command_id = $9 AND i.ordinal > $10))))
        ORDER BY c.requested_ms DESC, c.command_id DESC, i.ordinal LIMIT $11
        """,
        r => (Commands.Map(r, 0), Map(r, Commands.ColumnCount)), limit, scope.Account, scope.Region, query.CommandId, query.AfterMs, query.BeforeMs,
        query.DocumentName, query.NodeId, afterMs, afterId, afterOrdinal);

    /// <summary>What the node reported, as the UTF-8 of a JSON object by step; null before the first.</summary>
    public static byte[]? Output(Tx tx, string commandId, string nodeId) => tx.One(
        "SELECT plugins FROM command_outputs WHERE command_id=$1 AND node_id=$2", r => r.Bytes(0), commandId, nodeId);

    public static void SetOutput(Tx tx, string commandId, string nodeId, byte[] plugins) => tx.Execute(
        "INSERT INTO command_outputs(command_id, node_id, plugins) VALUES($1,$2,$3) ON CONFLICT(command_id, node_id) DO UPDATE SET plugins=excluded.plugins",
        commandId, nodeId, plugins);

    private static CommandInvocationRow Map(Row r, int at) => new(
        r.Text(at), r.Text(at + 1), r.Int(at + 2), (CommandInvocationOutcome?)r.LongOrNull(at + 3), r.LongOrNull(at + 4), r.LongOrNull(at + 5),
        r.LongOrNull(at + 6), r.LongOrNull(at + 7), r.LongOrNull(at + 8), r.TextOrNull(at + ColumnCount - 1));
}
