using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casement.Storage;

/// <summary>Where the database lies and how hard it is written.</summary>
/// <param name="File">The SQLite file; made when absent.</param>
/// <param name="Durable">
/// True: synchronous=FULL, an acknowledged write survives power loss. False, for ephemeral servers: synchronous=OFF.
/// </param>
/// <param name="Readers">How many reads may run at once, each on a connection of its own.</param>
public sealed record DatabaseOptions(string File, bool Durable = true, int Readers = 4)
{
    /// <summary>Measures how long a commit takes, and when the next try after a fault is.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Asked before each commit what shall go wrong with it; for tests.</summary>
    public Func<CommitFault?>? Faults { get; init; }
}

/// <summary>The truth: one writer with group commit, and a bounded number of readers.</summary>
public sealed class Database : IDisposable
{
    private readonly Writer _writer;
    private readonly ConcurrentBag<Tx> _idle = [];
    private readonly SemaphoreSlim _readers;
    private readonly string _readConnection;

    static Database()
    {
        // a connection is used by one thread at a time, and nobody asks SQLite how much memory it has: its locks for that are in vain
        Batteries_V2.Init();
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    private Database(Writer writer, DatabaseOptions options)
    {
        _writer = writer;
        _readers = new SemaphoreSlim(options.Readers);
        _readConnection = ConnectionString(options.File, SqliteOpenMode.ReadOnly);
    }

    /// <summary>Opens the file, bringing its schema up to date.</summary>
    /// <exception cref="NewerSchemaException">A newer Casement wrote it; the file was not changed.</exception>
    /// <exception cref="StorageException">It cannot be opened or written.</exception>
    public static Database Open(DatabaseOptions options) => Open(options, tx => new Writer(tx, options));

    /// <summary>
    /// Opens it without a writing thread: units wait until <see cref="CommitWaiting"/> is called, so that a simulation says what is
    /// committed together, and when.
    /// </summary>
    /// <param name="options">As for <see cref="Open(DatabaseOptions)"/>.</param>
    /// <param name="passing">Called right before each commit with false, and right after it with true: a simulated process may end there by throwing.</param>
    internal static Database OpenStepped(DatabaseOptions options, Action<bool> passing) => Open(options, tx => new Writer(tx, options, passing));

    private static Database Open(DatabaseOptions options, Func<Tx, Writer> writer)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            RefuseNewer(options.File);
            return new Database(writer(OpenWriter(options)), options);
        }
        catch (SqliteException e)
        {
            throw new StorageException($"The database {options.File} could not be opened: {e.Message}", e);
        }
    }

    // without the right to write: whoever closes a database as its last may otherwise move its log into it
    private static void RefuseNewer(string file)
    {
        if (!System.IO.File.Exists(file))
        {
            return;
        }

        var connection = new SqliteConnection(ConnectionString(file, SqliteOpenMode.ReadOnly));
        connection.Open();
        using var tx = new Tx(connection);
        Migrator.RefuseNewer(tx);
    }

    private static Tx OpenWriter(DatabaseOptions options)
    {
        var connection = new SqliteConnection(ConnectionString(options.File, SqliteOpenMode.ReadWriteCreate));
        connection.Open();
        var tx = new Tx(connection);
        try
        {
            if (tx.IsReadOnly)
            {
                throw new StorageException($"The database {options.File} could not be opened: it is readonly to this user.");
            }

            // what may be written may still have a log that may not
            Pragmas(connection, options.Durable);
            tx.Execute("BEGIN IMMEDIATE");
            tx.Execute("ROLLBACK");
            Migrator.Migrate(tx);
            return tx;
        }
        catch
        {
            tx.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs a unit of work inside the writer's transaction. The task completes after the commit that holds its effect
    /// returned; when the unit throws, its own changes are undone and the caller gets the exception.
    /// </summary>
    /// <exception cref="StorageException">The commit failed; nothing was kept, unless it says that this is in doubt.</exception>
    public Task<T> Write<T>(Func<Tx, T> unit) => _writer.Run(unit);

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Action<Tx> unit) => _writer.Run(tx =>
    {
        unit(tx);
        return true;
    });

    /// <summary>Commits up to so many of the waiting units together; for a database that was opened stepped.</summary>
    internal void CommitWaiting(int most) => _writer.CommitWaiting(most);

    /// <summary>Units waiting for the writer; retention works only while this is 0.</summary>
    public int Waiting => _writer.Waiting;

    /// <summary>
    /// Why the database cannot be written now: what the last commit that wrote something failed with, or that one has been under way
    /// for ten seconds. Null when it can. While there is a fault and nobody writes, a probe is written every second.
    /// </summary>
    public string? Fault => _writer.Fault;

    /// <summary>Names who is told when writing begins to fail, with the reason, and with null when it works again.</summary>
    public void OnFault(Action<string?> listener) => _writer.FaultChanged = listener;

    /// <summary>Runs a read on a connection that sees every commit acknowledged before the call.</summary>
    /// <param name="leftOut">
    /// For what is shown: rows of lists that cannot be read are told to it and left out. Null: they fail the read.
    /// </param>
    /// <exception cref="StorageException">The file could not be read.</exception>
    public T Read<T>(Func<Tx, T> read, Action<UnreadableRowException>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(read);
        _readers.Wait();
        Tx? tx = null;
        try
        {
            tx = _idle.TryTake(out var idle) ? idle : OpenReader();
            tx.LeaveOutUnreadable(leftOut);
            var result = read(tx);
            Return(tx);
            return result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode != SqliteCodes.ReadOnly && SqliteCodes.IsOfTheFile(e.SqliteErrorCode))
        {
            // the next read opens a connection of its own
            tx?.Dispose();
            throw new StorageException($"The database could not be read: {e.Message}", e);
        }
        catch when (tx is not null)
        {
            Return(tx);
            throw;
        }
        finally
        {
            _readers.Release();
        }
    }

    private void Return(Tx tx)
    {
        tx.LeaveOutUnreadable(null);
        _idle.Add(tx);
    }

    /// <summary>Like <see cref="Read{T}"/>, with everything inside seeing one and the same state of the database.</summary>
    public T ReadConsistently<T>(Func<Tx, T> read, Action<UnreadableRowException>? leftOut = null) => Read(
        tx =>
        {
            tx.Execute("BEGIN");
            try
            {
                return read(tx);
            }
            finally
            {
                tx.Execute("ROLLBACK");
            }
        },
        leftOut);

    private Tx OpenReader()
    {
        var connection = new SqliteConnection(_readConnection);
        connection.Open();
        var tx = new Tx(connection);
        tx.Execute("PRAGMA query_only=1");
        tx.Execute("PRAGMA busy_timeout=5000");
        return tx;
    }

    private static void Pragmas(SqliteConnection connection, bool durable)
    {
        using var command = connection.CreateCommand();

        // cache_size: where pages split, SQLite looks through the whole cache at each commit; the kernel keeps the file as well.
        // temp_store: what a savepoint would put back is kept in memory; as a file it is most of what a commit writes
        command.CommandText =
            $"""
            PRAGMA journal_mode=WAL; PRAGMA synchronous={(durable ? "FULL" : "OFF")}; PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint=16000;
            PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY;
            """;
        command.ExecuteNonQuery();
    }

    private static string ConnectionString(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = mode, Pooling = false,

            // what SQLite has waited for in vain, by busy_timeout, is not waited for again half a minute
            DefaultTimeout = 1,
        }.ToString();

    public void Dispose()
    {
        // the last to close moves the log into the file, which readers may not
        foreach (var tx in _idle)
        {
            tx.Dispose();
        }

        _writer.Dispose();
        _readers.Dispose();
    }
}
