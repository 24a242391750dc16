using System.Threading.Channels;
using Casement.Storage;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Audit;

/// <summary>
/// Audit rows of calls that wrote nothing. Rows of writes and denials travel in their own commit; these are gathered for at most
/// a second, and callers wait when the queue is full. Those of the last second may be lost with the process, nothing else.
/// </summary>
public sealed partial class AuditLog(Database database, ILogger<AuditLog> logger) : IAsyncDisposable, IDisposable
{
    private const int BatchMax = 1024;

    private readonly Channel<AuditEntry> _queue = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(16384) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private Task? _loop;

    public void Start() => _loop = Task.Run(Gather);

    /// <summary>Records a denial, or a refused credential: durable before the refusal is answered.</summary>
    public Task Denied(AuditEntry entry) => database.Write(tx => AuditTrail.Append(tx, entry));

    /// <summary>Records an allowed call that wrote nothing.</summary>
    public ValueTask Gathered(AuditEntry entry)
    {
        // while the database cannot be written, reads go on: a full queue then costs their rows, not their answers
        return _queue.Writer.TryWrite(entry) || database.Fault is not null ? ValueTask.CompletedTask : _queue.Writer.WriteAsync(entry);
    }

    private async Task Gather()
    {
        var batch = new List<AuditEntry>(512);
        while (batch.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            // the real clock: how stale the trail may be is not the product's time; a batch that is there already waits for nothing
            if (_queue.Reader.Count < BatchMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }

            while (batch.Count < BatchMax && _queue.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            try
            {
                await Append(batch);
                batch.Clear();
            }
            catch (Exception e)
            {
                NotWritten(e, batch.Count);
                if (_queue.Reader.Completion.IsCompleted)
                {
                    return;
                }
            }
        }
    }

    private Task Append(List<AuditEntry> batch) => database.Write(tx =>
    {
        foreach (var entry in batch)
        {
            AuditTrail.Append(tx, entry);
        }
    });

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
