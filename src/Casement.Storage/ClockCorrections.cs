namespace Casement.Storage;

/// <summary>
/// What was recorded by a clock that was ahead, after it was set back. An instant that has not come yet cannot have happened: what
/// began then counts as begun so much earlier as the clock was set back by, and keeps the time that it had left. Ended things
/// stay as they ended.
/// </summary>
public static class ClockCorrections
{
    /// <summary>
    /// Removes the rows of a window that say of occurrences that they did not open, though their instant lies ahead. Answers how
    /// many. What really opened stays, so that it never opens again.
    /// </summary>
    public static int Withdraw(Tx tx, Scope scope, string windowId, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var ahead = tx.All(
            """
            SELECT execution_id FROM executions
            WHERE account=$1 AND region=$2 AND window_id=$3 AND coalesce(start_ms, occurrence_ms)>$4 AND occurrence_ms>$4 AND final=1
              AND status IN ('SKIPPED_OVERLAPPING', 'TIMED_OUT')
            """,
            r => r.Text(0), scope.Account, scope.Region, windowId, nowMs);
        var withdrawn = ahead.FindAll(id => Executions.Load(tx, id)!.Snapshot.IsNotOpened);
        withdrawn.ForEach(id => tx.Execute("DELETE FROM executions WHERE execution_id=$1", id));
        return withdrawn.Count;
    }

    /// <summary>Executions, commands, messages and activations that began ahead of now. Answers the nodes whose messages can be fetched now.</summary>
    /// <param name="tx">The unit of work that also notes that the clock was corrected: done twice, it would take twice as much off.</param>
    /// <param name="nowMs">The corrected now.</param>
    /// <param name="stepMs">By how much the clock was set back.</param>
    /// <param name="cancelGraceMs">How long a cancelled node may take to say so.</param>
    public static List<string> TakeBack(Tx tx, long nowMs, long stepMs, long cancelGraceMs)
    {
        ArgumentNullException.ThrowIfNull(tx);
        tx.Execute(
            """
            UPDATE executions SET
              cutoff_ms=CASE WHEN occurrence_ms>$1 THEN cutoff_ms-$2 ELSE cutoff_ms END,
              close_ms=CASE WHEN occurrence_ms>$1 THEN close_ms-$2 ELSE close_ms END,
              cancel_ms=CASE WHEN cancel_ms>$1 THEN $1 ELSE cancel_ms END,
              wake_ms=CASE WHEN wake_ms>$1 OR (wake_ms IS NULL AND queued=0 AND cutoff_ms>$1) THEN $1 ELSE wake_ms END,
              version=version+1
            WHERE final=0
            """,
            nowMs, stepMs);
        tx.Execute(
            """
            UPDATE command_invocations SET
              deadline_ms=CASE
                WHEN cancel_ms>$1 THEN min(deadline_ms, cancel_ms-$2+$3)
                WHEN cancel_ms IS NOT NULL THEN deadline_ms
                WHEN max(sent_ms, coalesce(acked_ms, 0))>$1 THEN deadline_ms-$2
                ELSE deadline_ms END,
              sent_ms=CASE WHEN sent_ms>$1 THEN sent_ms-$2 ELSE sent_ms END,
              acked_ms=CASE WHEN acked_ms>$1 THEN acked_ms-$2 ELSE acked_ms END,
              cancel_ms=CASE WHEN cancel_ms>$1 THEN cancel_ms-$2 ELSE cancel_ms END
            WHERE outcome IS NULL AND deadline_ms IS NOT NULL AND (sent_ms>$1 OR acked_ms>$1 OR cancel_ms>$1)
            """,
            nowMs, stepMs, cancelGraceMs);
        tx.Execute("UPDATE activations SET expires_ms=expires_ms-$2, created_ms=created_ms-$2 WHERE created_ms>$1", nowMs, stepMs);
        tx.Execute("UPDATE windows SET held_ms=NULL WHERE held_ms IS NOT NULL");
        return Messages(tx, nowMs, stepMs);
    }

    private static List<string> Messages(Tx tx, long nowMs, long stepMs)
    {
        var nodes = tx.All(
            "SELECT DISTINCT node_id FROM node_messages WHERE first_out_ms IS NULL AND acked_ms IS NULL AND visible_ms>$1", r => r.Text(0), nowMs);
        tx.Execute("UPDATE node_messages SET visible_ms=$1 WHERE first_out_ms IS NULL AND acked_ms IS NULL AND visible_ms>$1", nowMs);
        tx.Execute(
            """
            UPDATE node_messages SET
              visible_ms=min(visible_ms, $1+$3), first_out_ms=CASE WHEN first_out_ms>$1 THEN first_out_ms-$2 ELSE first_out_ms END
            WHERE acked_ms IS NULL AND first_out_ms IS NOT NULL AND (visible_ms>$1+$3 OR first_out_ms>$1)
            """,
            nowMs, stepMs, Mailbox.VisibilityMs);
        return nodes;
    }
}
