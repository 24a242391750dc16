using Casement.Agent.Posix;
using Casement.Aws.Nodes;

namespace Casement.Agent.Ledgers;

/// <summary>
/// What this node knows of every command it was ever given: a command is started if and only if its folder was made
/// durable before by this ledger and no run of it was started yet. <c>open</c> holds commands whose result the server
/// has not accepted, <c>done</c> the others, without their scripts and parameters.
/// </summary>
internal sealed class Ledger
{
    /// <summary>A message older than this may be of a command that the ledger has forgotten.</summary>
    internal static readonly TimeSpan Retention = TimeSpan.FromDays(90);

    private readonly string _open;
    private readonly string _done;

    private Ledger(string directory)
    {
        _open = Path.Combine(directory, "open");
        _done = Path.Combine(directory, "done");
    }

    internal static Ledger Open(string directory)
    {
        var ledger = new Ledger(directory);
        Directory.CreateDirectory(ledger._open);
        Directory.CreateDirectory(ledger._done);
        foreach (var leftover in Directory.EnumerateDirectories(ledger._open, "*.new"))
        {
            Directory.Delete(leftover, recursive: true);
        }
        DurableFile.SyncDirectory(directory);
        return ledger;
    }

    /// <summary>
    /// False too for a date in any other form than <see cref="NodeInstant"/>: its age cannot be told.
    /// </summary>
    internal static bool IsRecent(string? createdDate, DateTimeOffset now) =>
        NodeInstant.TryParse(createdDate, out var created) && now - created <= Retention;

    internal LedgerEntry? Find(string commandId)
    {
        var open = Entry(_open, commandId);
        if (open.Exists)
        {
            return open;
        }
        var done = Entry(_done, commandId);
        return done.Exists ? done : null;
    }

    /// <summary>Durable once it returns. The command must not be known yet.</summary>
    internal LedgerEntry Receive(string commandId, NodeMessage message, DateTimeOffset now)
    {
        var entry = Entry(_open, commandId);
        var aside = entry.Path + ".new";
        Directory.CreateDirectory(aside);
        DurableFile.Write(
            Path.Combine(aside, LedgerEntry.PayloadName), System.Text.Encoding.UTF8.GetBytes(message.Payload!));
        DurableFile.Write(
            Path.Combine(aside, LedgerEntry.ReceiptName),
            new LedgerReceipt(message.MessageId!, message.CreatedDate!, now), AgentJson.Default.LedgerReceipt);
        Directory.Move(aside, entry.Path);
        DurableFile.SyncDirectory(_open);
        return entry;
    }

    /// <summary>Commands whose result the server has not accepted yet, oldest first.</summary>
    internal IReadOnlyList<LedgerEntry> Unfinished() =>
        [.. Directory.EnumerateDirectories(_open).Where(path => !path.EndsWith(".new", StringComparison.Ordinal))
            .Select(path => Entry(_open, Path.GetFileName(path)))
            .OrderBy(entry => Directory.GetCreationTimeUtc(entry.Path))];

    /// <summary>The server has the result: scripts and parameters go, the answer to a redelivery stays.</summary>
    internal void Complete(LedgerEntry entry)
    {
        entry.DeleteBodies();
        Directory.Move(entry.Path, Path.Combine(_done, entry.CommandId));
        DurableFile.SyncDirectory(_done);
        DurableFile.SyncDirectory(_open);
    }

    /// <summary>Forgets commands a day after messages of their age began to be refused.</summary>
    /// <returns>How many were forgotten.</returns>
    internal int Forget(DateTimeOffset now)
    {
        var forgotten = 0;
        foreach (var path in Directory.EnumerateDirectories(_done).ToList())
        {
            var receipt = Entry(_done, Path.GetFileName(path)).Receipt;
            if (NodeInstant.TryParse(receipt.CreatedDate, out var created)
                && now - created > Retention + TimeSpan.FromDays(1))
            {
                Directory.Delete(path, recursive: true);
                forgotten++;
            }
        }
        return forgotten;
    }

    private LedgerEntry Entry(string state, string commandId) =>
        new(commandId, Path.Combine(state, commandId), IsDone: ReferenceEquals(state, _done));
}

/// <summary>How a command came in.</summary>
internal sealed record LedgerReceipt(string MessageId, string CreatedDate, DateTimeOffset ReceivedAt);

/// <summary>Result of a step, written when it is finished.</summary>
internal sealed record StepRecord(string Key, PluginResult Result, AfterStep After);

/// <summary>What becomes of the steps after a finished one.</summary>
internal enum AfterStep
{
    Continue = 1,

    /// <summary>They are skipped, but for a step that is to run finally.</summary>
    SkipRest,

    /// <summary>They are skipped, all of them: nobody knows how the finished one came out.</summary>
    AbandonRest,
    CancelRest,
}

/// <summary>
/// Result of a command, written when all its steps are finished. The trace says why the document could not be run at
/// all and is empty otherwise.
/// </summary>
internal sealed record CommandResult(string DocumentStatus, string Trace, IReadOnlyList<StepRecord> Steps);
