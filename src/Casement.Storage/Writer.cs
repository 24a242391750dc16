using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Casement.Storage;

/// <summary>
/// The one writer. Units that wait while a commit is being made durable share the next one: no timer, no waiting window.
/// Each runs in its own savepoint, so that one that fails does not spoil its neighbours.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int BatchMax = 256;

    private readonly Tx _tx;
    private readonly Channel<QueuedUnit> _queue = Channel.CreateBounded<QueuedUnit>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Thread? _thread;
    private readonly Action<string>? _passing;

    public Writer(Tx tx)
    {
        _tx = tx;
        _thread = new Thread(Loop) { IsBackground = true, Name = "casement-writer", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Without a thread: <see cref="CommitWaiting"/> does the work.</summary>
    /// <param name="tx">The connection to write with.</param>
    /// <param name="passing">Called at each crash point of a commit.</param>
    public Writer(Tx tx, Action<string> passing) => (_tx, _passing) = (tx, passing);

    public int Waiting => _queue.Reader.Count;

    public string? Fault { get; private set; }

    public async Task<T> Run<T>(Func<Tx, T> work)
    {
        var unit = new Unit<T>(work);
        try
        {
            await _queue.Writer.WriteAsync(unit);
        }
        catch (ChannelClosedException e)
        {
            throw new StorageException("The database is closed: the server is stopping.", e);
        }

        return await unit.Completion;
    }

    /// <summary>Takes up to so many units of those that wait, and commits them.</summary>
    public void CommitWaiting(int most)
    {
        var batch = new List<QueuedUnit>();
        Take(batch, most);
        CommitTogether(batch);
    }

    private void Loop()
    {
        var batch = new List<QueuedUnit>(BatchMax);
        while (WaitForWork(_queue.Reader))
        {
            Take(batch, BatchMax);
            CommitTogether(batch);
            batch.Clear();
        }
    }

    private void Take(List<QueuedUnit> batch, int most)
    {
        while (batch.Count < most && _queue.Reader.TryRead(out var unit))
        {
            batch.Add(unit);
        }
    }

    private static bool WaitForWork(ChannelReader<QueuedUnit> reader)
    {
        var waiting = reader.WaitToReadAsync();
        return waiting.IsCompleted ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    private void CommitTogether(List<QueuedUnit> batch)
    {
        try
        {
            _tx.Execute("BEGIN IMMEDIATE");
            foreach (var unit in batch)
            {
                RunOne(unit);
            }

            var audited = _tx.TakeAudited();
            Pass(CrashPoints.BeforeCommit, CrashPoints.BeforeCallCommit, audited);
            _tx.Execute("COMMIT");
            Pass(CrashPoints.AfterCommit, CrashPoints.AfterCallCommit, audited);

            // a full disk may refuse a unit's statement and still take the commit of the rest
            Fault = batch.Select(u => u.StorageFault).FirstOrDefault(f => f is not null);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            Fault = e.Message;
            RollBack();
            var fault = new StorageException($"The database could not be written: {e.Message}", e);
            foreach (var unit in batch)
            {
                unit.Fail(fault);
            }

            return;
        }

        foreach (var unit in batch)
        {
            unit.Finish();
        }
    }

    private void Pass(string any, string ofCalls, bool audited)
    {
        _passing?.Invoke(any);
        CrashPoints.Reached(any);
        if (audited)
        {
            CrashPoints.Reached(ofCalls);
        }
    }

    private void RunOne(QueuedUnit unit)
    {
        _tx.Execute("SAVEPOINT unit");
        if (unit.Execute(_tx))
        {
            _tx.Execute("RELEASE unit");
        }
        else
        {
            _tx.Execute("ROLLBACK TO unit");
            _tx.Execute("RELEASE unit");
        }
    }

    private void RollBack()
    {
        try
        {
            _tx.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // a failed COMMIT may already have rolled back by itself; then there is nothing left to undo
        }
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread?.Join();
        _tx.Dispose();
    }

    private abstract class QueuedUnit
    {
        /// <summary>Runs the work; false when it threw and its savepoint must be undone.</summary>
        public abstract bool Execute(Tx tx);

        /// <summary>The commit holds: run what waits for it, then answer.</summary>
        public abstract void Finish();

        public abstract void Fail(StorageException fault);

        /// <summary>What the database itself refused of this unit; null when nothing.</summary>
        public abstract string? StorageFault { get; }
    }

    private sealed class Unit<T>(Func<Tx, T> work) : QueuedUnit
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;
        private List<Action>? _afterCommit;

        public Task<T> Completion => _completion.Task;

        public override string? StorageFault => (_failure as StorageException)?.Message;

        public override bool Execute(Tx tx)
        {
            try
            {
                _result = work(tx);
                _afterCommit = tx.TakeAfterCommit();
                return true;
            }
            catch (Exception e)
            {
                tx.TakeAfterCommit();
                _failure = e is SqliteException { SqliteErrorCode: not 19 }
                    ? new StorageException($"The database could not be written: {e.Message}", e)
                    : e;
                return false;
            }
        }

        public override void Finish()
        {
            foreach (var action in _afterCommit ?? [])
            {
                try
                {
                    action();
                }
                catch (Exception)
                {
                    // the commit holds and must be answered; a signal is looked after by its receiver, who may be gone already
                }
            }

            if (_failure is null)
            {
                _completion.TrySetResult(_result!);
            }
            else
            {
                _completion.TrySetException(_failure);
            }
        }

        public override void Fail(StorageException fault) => _completion.TrySetException(_failure ?? fault);
    }
}
