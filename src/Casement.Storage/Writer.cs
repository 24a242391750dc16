using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Casement.Storage;

/// <summary>
/// The one writer. Units that wait while a commit is being made durable share the next one: no timer, no waiting window.
/// One that fails does not spoil its neighbours: mostly it has written nothing yet, and where it has, all are run again, each in a
/// savepoint of its own. After a fault it tries by itself whether it can write again.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int BatchMax = 256;
    private const string ProbeKey = "probe";
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // what a call writes at most, about: a disk with room for one row is still full
    private static readonly string ProbeText = new('x', 64 * 1024);

    private readonly Tx _tx;
    private readonly TimeProvider _clock;
    private readonly Func<CommitFault?>? _faults;
    private readonly Channel<QueuedUnit> _queue = Channel.CreateBounded<QueuedUnit>(
        new BoundedChannelOptions(4096) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Action<bool>? _passing;
    private readonly Thread? _thread;
    private volatile string? _fault;
    private long _since;

    public Writer(Tx tx, DatabaseOptions options)
        : this(tx, options, null)
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "casement-writer", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Without a thread: <see cref="CommitWaiting"/> does the work.</summary>
    /// <param name="tx">The connection to write with.</param>
    /// <param name="options">As for any other.</param>
    /// <param name="passing">Called right before each commit with false, and right after it with true.</param>
    public Writer(Tx tx, DatabaseOptions options, Action<bool>? passing)
    {
        _tx = tx;
        _clock = options.Clock;
        _faults = options.Faults;
        _passing = passing;
    }

    public int Waiting => _queue.Reader.Count;

    public string? Fault => _fault ?? Stalled();

    /// <summary>Told of each fault that begins, and null when writing works again; on the writer's thread.</summary>
    public Action<string?>? FaultChanged { get; set; }

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

    private bool WaitForWork(ChannelReader<QueuedUnit> reader)
    {
        var waiting = reader.WaitToReadAsync();
        if (waiting.IsCompleted)
        {
            return waiting.Result;
        }

        var work = waiting.AsTask();
        while (_fault is not null && Task.WaitAny(work, Task.Delay(AfterFault, _clock)) != 0)
        {
            Probe();
        }

        return work.GetAwaiter().GetResult();
    }

    /// <summary>While nobody else writes: a balancer that sees the server not ready sends it no call that would find out.</summary>
    private void Probe()
    {
        if (Succeeds(tx => tx.Execute(
            "INSERT INTO meta(key, value) VALUES($1,$2) ON CONFLICT(key) DO UPDATE SET value=excluded.value", ProbeKey, ProbeText)))
        {
            Succeeds(tx => tx.Execute("DELETE FROM meta WHERE key=$1", ProbeKey));
        }

        bool Succeeds(Func<Tx, int> work)
        {
            var unit = new Unit<int>(work);
            CommitTogether([unit]);
            return unit.Completion.Exception is null;
        }
    }

    private void CommitTogether(List<QueuedUnit> batch)
    {
        Volatile.Write(ref _since, Math.Max(1, _clock.GetTimestamp()));
        if (Commit(batch) == Outcome.Lost)
        {
            // a unit took the whole transaction with it; its neighbours are run again, each for itself
            foreach (var unit in batch)
            {
                Commit([unit]);
            }
        }

        Volatile.Write(ref _since, 0);
    }

    private Outcome Commit(List<QueuedUnit> batch)
    {
        var planned = _faults?.Invoke();
        var outcome = TryCommit(batch, planned, apart: false);
        return outcome == Outcome.Spoiled ? TryCommit(batch, planned, apart: true) : outcome;
    }

    /// <param name="apart">Each unit in a savepoint: a third of the work, and for nothing as long as none fails.</param>
    private Outcome TryCommit(List<QueuedUnit> batch, CommitFault? planned, bool apart)
    {
        var committing = false;
        var wrote = false;
        try
        {
            _tx.Execute("BEGIN IMMEDIATE");
            _tx.Plan(planned as CommitFault.AtStatement);
            foreach (var unit in batch)
            {
                var (succeeded, changed) = RunOne(unit, apart);
                if (_tx.IsOver)
                {
                    return Lost(batch, unit);
                }

                if (!succeeded && changed && !apart)
                {
                    _tx.Plan(null);
                    _tx.TakeAudited();
                    RollBack();
                    return Outcome.Spoiled;
                }

                wrote |= succeeded && changed;
            }

            _tx.Plan(null);
            var audited = _tx.TakeAudited();
            _passing?.Invoke(false);
            CrashPoint.PassIf(audited, CrashPoint.CallBeforeCommit);
            committing = true;
            Commit(planned);
            _passing?.Invoke(true);
            CrashPoint.PassIf(audited, CrashPoint.CallAfterCommit);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            RollBack();
            Fail(batch, e, committing);
            return Outcome.Answered;
        }

        // a full disk may refuse a unit's statement and still take the commit of the rest; one of nothing shows nothing
        if (batch.Select(u => u.StorageFault).FirstOrDefault(f => f is not null) is { } refused)
        {
            SetFault(refused);
        }
        else if (wrote)
        {
            SetFault(null);
        }

        foreach (var unit in batch)
        {
            unit.Finish();
        }

        return Outcome.Answered;
    }

    private Outcome Lost(List<QueuedUnit> batch, QueuedUnit culprit)
    {
        _tx.Plan(null);
        _tx.TakeAudited();
        if (batch.Count > 1)
        {
            return Outcome.Lost;
        }

        SetFault(culprit.StorageFault ?? "the transaction was undone");
        culprit.Fail(new StorageException("The database could not be written: the transaction was undone."));
        return Outcome.Answered;
    }

    private void Commit(CommitFault? planned)
    {
        switch (planned)
        {
            case null or CommitFault.AtStatement:
                _tx.Execute("COMMIT");
                break;
            case CommitFault.Slow slow:
                slow.Until.Wait();
                _tx.Execute("COMMIT");
                break;
            case CommitFault.Refused refused:
                throw new SqliteException("planned fault before the commit", refused.Code);
            case CommitFault.Lost lost:
                _tx.Execute(lost.Kept ? "COMMIT" : "ROLLBACK");
                throw new SqliteException("planned fault at the commit", SqliteCodes.InputOutput);
            default:
                throw new UnreachableException();
        }
    }

    private void Fail(List<QueuedUnit> batch, Exception e, bool committing)
    {
        _tx.Plan(null);
        _tx.TakeAudited();
        SetFault(e.Message);
        var inDoubt = committing && !(e is SqliteException s && SqliteCodes.ProvesNothingKept(s.SqliteErrorCode));
        var fault = inDoubt
            ? new StorageException($"It is not known whether the database was written: {e.Message}", e) { InDoubt = true }
            : new StorageException($"The database could not be written: {e.Message}", e);
        foreach (var unit in batch)
        {
            unit.Fail(fault);
        }
    }

    private void SetFault(string? fault)
    {
        var changed = _fault is null != fault is null;
        _fault = fault;
        if (changed)
        {
            Quietly(() => FaultChanged?.Invoke(fault));
        }
    }

    // whatever is known must be answered; a signal is looked after by its receiver, who may be gone already
    private static void Quietly(Action signal)
    {
        try
        {
            signal();
        }
        catch (Exception)
        {
            // its receiver's own matter
        }
    }

    private string? Stalled()
    {
        var since = Volatile.Read(ref _since);
        var elapsed = since == 0 ? TimeSpan.Zero : _clock.GetElapsedTime(since);
        return elapsed < Patience ? null : string.Create(CultureInfo.InvariantCulture, $"a commit has been under way for {(int)elapsed.TotalSeconds} s");
    }

    private (bool Succeeded, bool Changed) RunOne(QueuedUnit unit, bool apart)
    {
        if (apart)
        {
            _tx.Control("SAVEPOINT unit");
        }

        var before = _tx.TotalChanges;
        var succeeded = unit.Execute(_tx);
        var changed = _tx.TotalChanges != before;
        if (apart && !_tx.IsOver)
        {
            if (!succeeded)
            {
                _tx.Control("ROLLBACK TO unit");
            }

            _tx.Control("RELEASE unit");
        }

        return (succeeded, changed);
    }

    private void RollBack()
    {
        try
        {
            if (!_tx.IsOver)
            {
                _tx.Execute("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // the next BEGIN says what is wrong
        }
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread?.Join();
        _tx.Dispose();
    }

    private enum Outcome
    {
        /// <summary>Every unit has its answer, good or bad.</summary>
        Answered = 1,

        /// <summary>A unit ended the transaction of them all; none is answered.</summary>
        Lost = 2,

        /// <summary>A unit threw after it had changed something; all is undone, none is answered.</summary>
        Spoiled = 3,
    }

    private abstract class QueuedUnit
    {
        /// <summary>Runs the work; false when it threw. Called again when the transaction was lost or spoiled.</summary>
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

        public override string? StorageFault => (_failure as StorageException)?.InnerException?.Message;

        public override bool Execute(Tx tx)
        {
            _failure = null;
            try
            {
                _result = work(tx);
                _afterCommit = tx.TakeAfterCommit();
                return true;
            }
            catch (Exception e)
            {
                _afterCommit = null;
                tx.TakeAfterCommit();
                _failure = e is SqliteException { SqliteErrorCode: not SqliteCodes.Constraint }
                    ? new StorageException($"The database could not be written: {e.Message}", e)
                    : e;
                return false;
            }
        }

        public override void Finish()
        {
            Signal();
            if (_failure is null)
            {
                _completion.TrySetResult(_result!);
            }
            else
            {
                _completion.TrySetException(_failure);
            }
        }

        public override void Fail(StorageException fault)
        {
            // where it is not known, what is cached must be read again and who waits must look
            if (fault.InDoubt)
            {
                Signal();
            }

            _completion.TrySetException(_failure ?? fault);
        }

        private void Signal()
        {
            foreach (var action in _afterCommit ?? [])
            {
                Quietly(action);
            }
        }
    }
}
