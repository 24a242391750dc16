using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Casement.Storage;

/// <summary>Where the database lies and how hard it is written.</summary>
/// <param name="File">The SQLite file; made when absent.</param>
/// <param name="Durable">
/// True: synchronous=FULL, an acknowledged write survives power loss. False, for ephemeral servers: synchronous=OFF.
/// </param>
/// <param name="Readers">How many reads may run at once, each on a connection of its own.</param>
public sealed record DatabaseOptions(string File, bool Durable = true, int Readers = 4);

/// <summary>The truth: one writer with group commit, and a bounded number of readers.</summary>
public sealed class Database : IDisposable
{
    private readonly Writer _writer;
    private readonly ConcurrentBag<Tx> _idle = [];
    private readonly SemaphoreSlim _readers;
    private readonly string _readConnection;

    private Database(Writer writer, DatabaseOptions options)
    {
        _writer = writer;
        _readers = new SemaphoreSlim(options.Readers);
        _readConnection = ConnectionString(options.File, SqliteOpenMode.ReadOnly);
    }

    /// <summary>Opens the file, bringing its schema up to date.</summary>
    /// <exception cref="NewerSchemaException">A newer Casement wrote it; the file was not changed.</exception>
    /// <exception cref="StorageException">It cannot be opened or written.</exception>
    public static Database Open(DatabaseOptions options) => Open(options, tx => new Writer(tx));

    /// <summary>
    /// Opens it without a writing thread: units wait until <see cref="CommitWaiting"/> is called, so that a simulation says what is
    /// committed together, when, and what goes wrong.
    /// </summary>
    /// <param name="options">As for <see cref="Open(DatabaseOptions)"/>.</param>
    /// <param name="passing">Called at the points of <see cref="CrashPoints"/> around each commit; what it throws there, the commit threw.</param>
    internal static Database OpenStepped(DatabaseOptions options, Action<string> passing) => Open(options, tx => new Writer(tx, passing));

    private static Database Open(DatabaseOptions options, Func<Tx, Writer> writer)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            var connection = new SqliteConnection(ConnectionString(options.File, SqliteOpenMode.ReadWriteCreate));
            connection.Open();
            var tx = new Tx(connection);
            try
            {
                Migrator.RefuseNewer(tx);
                Pragmas(connection, options.Durable);
                Migrator.Migrate(tx);
            }
            catch
            {
                tx.Dispose();
                throw;
            }

            return new Database(writer(tx), options);
        }
        catch (SqliteException e)
        {
            throw new StorageException($"The database {options.File} could not be opened: {e.Message}", e);
        }
    }

    /// <summary>
    /// Runs a unit of work inside the writer's transaction. The task completes after the commit that holds its effect
    /// returned; when the unit throws, its own changes are undone and the caller gets the exception.
    /// </summary>
    /// <exception cref="StorageException">The commit failed; nothing was kept.</exception>
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

    /// <summary>Whether the last commit succeeded; false turns readiness red until one succeeds again.</summary>
    public string? Fault => _writer.Fault;

    /// <summary>Runs a read on a connection that sees every commit acknowledged before the call.</summary>
    public T Read<T>(Func<Tx, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        _readers.Wait();
        try
        {
            var tx = _idle.TryTake(out var idle) ? idle : OpenReader();
            try
            {
                return read(tx);
            }
            finally
            {
                _idle.Add(tx);
            }
        }
        finally
        {
            _readers.Release();
        }
    }

    /// <summary>Like <see cref="Read{T}"/>, with everything inside seeing one and the same state of the database.</summary>
    public T ReadConsistently<T>(Func<Tx, T> read) => Read(tx =>
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
    });

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
        command.CommandText = durable
            ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536; PRAGMA foreign_keys=OFF;"
            : "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536; PRAGMA foreign_keys=OFF;";
        command.ExecuteNonQuery();
    }

    private static string ConnectionString(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString();

    public void Dispose()
    {
        _writer.Dispose();
        foreach (var tx in _idle)
        {
            tx.Dispose();
        }

        _readers.Dispose();
    }
}
