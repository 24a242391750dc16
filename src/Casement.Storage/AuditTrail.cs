using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Casement.Storage;

/// <summary>One line of the audit trail before it is chained.</summary>
/// <param name="AtMs">When, in epoch milliseconds by the product's clock.</param>
/// <param name="Scope">Account and region of the call.</param>
/// <param name="Principal">The caller's ARN.</param>
/// <param name="Action">The action, such as <c>ssm:CreateMaintenanceWindow</c>.</param>
/// <param name="Resources">The resources it was authorised on, one ARN a line.</param>
/// <param name="Decision">allow or deny; unauthenticated calls have <c>unauthenticated</c>.</param>
/// <param name="DecidedBy">The policy and statement that decided, or what was missing.</param>
/// <param name="RequestId">The id that the reply carried.</param>
/// <param name="Source">The peer's address; null for the engine's own calls.</param>
/// <param name="Doc">Request members (sensitive ones hidden) and the error's code, as JSON.</param>
public sealed record AuditEntry(
    long AtMs, Scope Scope, string Principal, string Action, string Resources, string Decision, string? DecidedBy, string RequestId, string? Source, string? Doc);

/// <summary>The hash-chained, insert-only trail: each row's hash covers the row before it.</summary>
public static class AuditTrail
{
    private static readonly byte[] Genesis = new byte[32];

    /// <summary>Adds an entry to the chain inside the caller's unit of work.</summary>
    public static void Append(Tx tx, AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(tx);
        ArgumentNullException.ThrowIfNull(entry);
        tx.Audited = true;
        var last = tx.One("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", r => r.Bytes(0)) ?? Genesis;
        var docHash = SHA256.HashData(Encoding.UTF8.GetBytes(entry.Doc ?? ""));
        tx.Execute(
            "INSERT INTO audit(at_ms, account, region, principal, action, resources, decision, decided_by, request_id, source, doc, doc_hash, hash) VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
            entry.AtMs, entry.Scope.Account, entry.Scope.Region, entry.Principal, entry.Action, entry.Resources, entry.Decision,
            entry.DecidedBy, entry.RequestId, entry.Source, entry.Doc, docHash, Link(last, entry, docHash));
    }

    /// <summary>Whether a call is among the last ten thousand rows.</summary>
    public static bool HoldsLately(Tx tx, string requestId)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.Any("SELECT 1 FROM (SELECT request_id FROM audit ORDER BY seq DESC LIMIT 10000) WHERE request_id=$1", requestId);
    }

    /// <summary>The instant of the newest entry; null in an empty trail.</summary>
    public static long? LastMs(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        return tx.One("SELECT at_ms FROM audit ORDER BY seq DESC LIMIT 1", r => r.LongOrNull(0));
    }

    /// <summary>Recomputes the chain. Null when it holds, else the sequence number of the first row that does not fit.</summary>
    public static long? FirstBroken(Tx tx)
    {
        ArgumentNullException.ThrowIfNull(tx);
        var previous = Genesis;
        var after = 0L;
        while (true)
        {
            var page = tx.All(
                "SELECT seq, at_ms, account, region, principal, action, resources, decision, decided_by, request_id, source, doc, doc_hash, hash FROM audit WHERE seq>$1 ORDER BY seq LIMIT 1000",
                r => new Chained(
                    r.Long(0),
                    new AuditEntry(r.Long(1), new Scope(r.Text(2), r.Text(3)), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.TextOrNull(8), r.Text(9), r.TextOrNull(10), r.TextOrNull(11)),
                    r.Bytes(12), r.Bytes(13)),
                after);
            foreach (var row in page)
            {
                var docFits = row.Entry.Doc is null || SHA256.HashData(Encoding.UTF8.GetBytes(row.Entry.Doc)).AsSpan().SequenceEqual(row.DocHash);
                if (!docFits || row.Seq != after + 1 || !Link(previous, row.Entry, row.DocHash).AsSpan().SequenceEqual(row.Hash))
                {
                    return row.Seq;
                }

                previous = row.Hash;
                after = row.Seq;
            }

            if (page.Count == 0)
            {
                return null;
            }
        }
    }

    private static byte[] Link(byte[] previous, AuditEntry entry, byte[] docHash)
    {
        ReadOnlySpan<string?> fields =
        [
            entry.AtMs.ToString(CultureInfo.InvariantCulture), entry.Scope.Account, entry.Scope.Region, entry.Principal, entry.Action,
            entry.Resources, entry.Decision, entry.DecidedBy, entry.RequestId, entry.Source,
        ];
        var most = previous.Length + docHash.Length;
        foreach (var field in fields)
        {
            most += sizeof(int) + Encoding.UTF8.GetMaxByteCount(field?.Length ?? 0);
        }

        // all in one piece: one call of the hash function instead of twenty
        var text = ArrayPool<byte>.Shared.Rent(most);
        previous.CopyTo(text, 0);
        var length = previous.Length;
        foreach (var field in fields)
        {
            var bytes = Encoding.UTF8.GetBytes(field ?? "", text.AsSpan(length + sizeof(int)));
            BitConverter.TryWriteBytes(text.AsSpan(length), field is null ? -1 : bytes);
            length += sizeof(int) + bytes;
        }

        docHash.CopyTo(text, length);
        var link = SHA256.HashData(text.AsSpan(0, length + docHash.Length));
        ArrayPool<byte>.Shared.Return(text);
        return link;
    }

    private sealed record Chained(long Seq, AuditEntry Entry, byte[] DocHash, byte[] Hash);
}
