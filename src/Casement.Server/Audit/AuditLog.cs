using System.Globalization;
using System.Threading.Channels;
using Casement.Storage;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Audit;

/// <summary>
/// Audit rows of calls that wrote nothing. Rows of writes and denials travel in their own commit; these are gathered for at most
/// a second, and callers wait when the queue is full. Those of the last second may be lost with the process. While the database cannot
/// be written some twenty thousand wait; further ones are counted, and the count becomes a row.
/// </summary>
public sealed partial class AuditLog(Database database, ILogger<AuditLog> logger) : IAsyncDisposable, IDisposable
{
    private const int BatchMax = 512;

    private readonly Channel<AuditEntry> _queue = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(16384) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private Task? _loop;
    private AuditEntry? _lastLost;
    private long _lost;

    public void Start() => _loop = Task.Run(Gather);

    /// <summary>Records a denial, or a refused credential: durable before the refusal is answered.</summary>
    public Task Denied(AuditEntry entry) => database.Write(tx => AuditTrail.Append(tx, entry));

    /// <summary>Records an allowed call that wrote nothing.</summary>
    public ValueTask Gathered(AuditEntry entry)
    {
        if (_queue.Writer.TryWrite(entry))
        {
            return ValueTask.CompletedTask;
        }

        if (database.Fault is null)
        {
            return _queue.Writer.WriteAsync(entry);
        }

        // reads go on meanwhile: a full queue costs their rows, not their answers
        Volatile.Write(ref _lastLost, entry);
        Interlocked.Increment(ref _lost);
        return ValueTask.CompletedTask;
    }

    private async Task Gather()
    {
        var batch = new List<AuditEntry>(512);
        var failing = false;
        while (batch.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            // the real clock: how stale the trail may be is not the product's time; a batch that is there already waits for nothing
            if (failing || _queue.Reader.Count < BatchMax)
            {
                await Task.Delay(failing ? AfterFault : Gathering, TimeProvider.System);
            }

            while (batch.Count < BatchMax && _queue.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            try
            {
                await Append(batch);
                batch.Clear();
                failing = false;
            }
            catch (Exception e)
            {
                if (!failing)
                {
                    NotWritten(e, batch.Count);
                }

                failing = true;
                if (_queue.Reader.Completion.IsCompleted)
                {
                    return;
                }
            }
        }
    }

    private async Task Append(List<AuditEntry> batch)
    {
        var lost = Volatile.Read(ref _lost);
        try
        {
            await database.Write(tx =>
            {
                foreach (var entry in batch)
                {
                    AuditTrail.Append(tx, entry);
                }

                if (lost > 0)
                {
                    AuditTrail.Append(tx, Lost(lost));
                }
            });
        }
        catch (StorageException e) when (e.InDoubt && batch.Count > 0 && database.Read(tx => AuditTrail.HoldsLately(tx, batch[0].RequestId)))
        {
            // written after all
        }

        Interlocked.Add(ref _lost, -lost);
    }

    private AuditEntry Lost(long count) => new(
        Volatile.Read(ref _lastLost)!.AtMs, new Scope("", ""), "casement", "casement:LoseAuditRows", "", "allow", null, Ids.Uuid(), null,
        string.Create(CultureInfo.InvariantCulture, $$"""{"lost":{{count}}}"""));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        if (_loop is not null)
        {
            await _loop;
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    [LoggerMessage(1101, LogLevel.Error, "The audit trail could not be written; {Count} rows wait")]
    private partial void NotWritten(Exception e, int count);
}
