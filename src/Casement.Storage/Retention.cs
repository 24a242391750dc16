namespace Casement.Storage;

/// <summary>
/// Removes what is old enough, a few rows a unit of work, and never anything that has not ended. Audit rows stay: only what
/// they hold beside the chain is dropped.
/// </summary>
public static class Retention
{
    /// <summary>The most rows that one unit of work removes.</summary>
    public const int UnitMax = 200;

    /// <summary>One unit's worth of removals; answers how many rows went, 0 when nothing is left to do.</summary>
    /// <param name="beforeMs">Ended before this instant of the product's clock.</param>
    /// <param name="nowMs">Idempotency tokens that expired before this instant go, too.</param>
    public static int RemoveSome(Tx tx, long beforeMs, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var executions = tx.All(
            "SELECT execution_id FROM executions WHERE final=1 AND end_ms<$1 ORDER BY end_ms LIMIT 10", r => r.Text(0), beforeMs);
        var rows = executions.Sum(id => RemoveExecution(tx, id));
        if (rows > 0)
        {
            return rows;
        }

        var command = tx.One("SELECT command_id FROM commands WHERE final=1 AND requested_ms<$1 ORDER BY requested_ms LIMIT 1", r => r.Text(0), beforeMs);
        if (command is not null)
        {
            return RemoveCommand(tx, command);
        }

        rows = tx.Execute("DELETE FROM client_tokens WHERE rowid IN (SELECT rowid FROM client_tokens WHERE expires_ms<$1 LIMIT $2)", nowMs, UnitMax);
        rows += tx.Execute("DELETE FROM replies WHERE rowid IN (SELECT rowid FROM replies WHERE at_ms<$1 LIMIT $2)", beforeMs, UnitMax);
        rows += tx.Execute(
            "UPDATE audit SET doc=NULL WHERE seq IN (SELECT seq FROM audit WHERE at_ms<$1 AND doc IS NOT NULL ORDER BY seq LIMIT $2)", beforeMs, UnitMax);
        return rows;
    }

    private static int RemoveExecution(Tx tx, string executionId) =>
        tx.Execute("DELETE FROM invocations WHERE execution_id=$1", executionId)
        + tx.Execute("DELETE FROM task_executions WHERE execution_id=$1", executionId)
        + tx.Execute("DELETE FROM executions WHERE execution_id=$1", executionId);

    // a command to ten thousand nodes goes in many units, its own row last
    private static int RemoveCommand(Tx tx, string commandId)
    {
        var rows = tx.Execute("DELETE FROM command_outputs WHERE rowid IN (SELECT rowid FROM command_outputs WHERE command_id=$1 LIMIT $2)", commandId, UnitMax);
        if (rows == 0)
        {
            rows = tx.Execute("DELETE FROM command_invocations WHERE rowid IN (SELECT rowid FROM command_invocations WHERE command_id=$1 LIMIT $2)", commandId, UnitMax);
        }

        return rows > 0 ? rows : tx.Execute("DELETE FROM commands WHERE command_id=$1", commandId);
    }
}
