using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casement.Storage;

/// <summary>
/// One connection's view of the database while a unit of work or a read runs on it. Statements are written with positional
/// parameters <c>$1, $2, …</c> and are prepared once per connection.
/// </summary>
public sealed class Tx : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private List<Action>? _afterCommit;
    private CommitFault.AtStatement? _planned;
    private int _untilPlanned;
    private Action<UnreadableRowException>? _leftOut;
    private int _leftOutCount;

    internal Tx(SqliteConnection connection)
    {
        _connection = connection;
        _handle = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
    }

    /// <summary>Runs once this unit's commit is durable and before its caller hears of it. Dropped when the unit fails.</summary>
    public void AfterCommit(Action action) => (_afterCommit ??= []).Add(action);

    /// <summary>Set by the audit trail: this transaction holds a call and not only the engine's own bookkeeping.</summary>
    internal bool Audited { get; set; }

    internal bool TakeAudited()
    {
        var audited = Audited;
        Audited = false;
        return audited;
    }

    /// <summary>Whether SQLite has undone the whole transaction by itself, as it does after most faults of the disk.</summary>
    internal bool IsOver => raw.sqlite3_get_autocommit(_handle) != 0;

    /// <summary>Whether the file may not be written: SQLite opens it then without a word.</summary>
    internal bool IsReadOnly => raw.sqlite3_db_readonly(_connection.Handle, "main") == 1;

    /// <summary>Rows changed on this connection since it was opened.</summary>
    internal int TotalChanges => raw.sqlite3_total_changes(_handle);

    /// <summary>Lets a statement of this transaction fail; null lets none.</summary>
    internal void Plan(CommitFault.AtStatement? fault) => (_planned, _untilPlanned) = (fault, fault?.Number ?? 0);

    /// <summary>
    /// From now on rows that cannot be read are left out of <see cref="All{T}"/> and <see cref="Page{T}"/> and told to the receiver; null ends
    /// that. For what is shown only: what is decided on must be whole.
    /// </summary>
    internal void LeaveOutUnreadable(Action<UnreadableRowException>? receiver) => _leftOut = receiver;

    internal List<Action>? TakeAfterCommit()
    {
        var actions = _afterCommit;
        _afterCommit = null;
        return actions;
    }

    /// <summary>
    /// Runs a part of a unit of work for itself: when it throws, its changes and its after-commit actions are undone and the unit
    /// goes on. What the database itself refuses, but for a broken constraint, is the whole unit's fault and is thrown.
    /// </summary>
    /// <returns>What the part threw; null when it held.</returns>
    public Exception? Attempt(Action part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var actions = _afterCommit?.Count ?? 0;
        Execute("SAVEPOINT part");
        try
        {
            part();
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: not SqliteCodes.Constraint })
        {
            Execute("ROLLBACK TO part");
            Execute("RELEASE part");
            _afterCommit?.RemoveRange(actions, _afterCommit.Count - actions);
            return e;
        }

        Execute("RELEASE part");
        return null;
    }

    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            while (statement.Step())
            {
                // rows of a pragma, which nobody asked for
            }

            return statement.Changed;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Runs several statements, without parameters, one after the other.</summary>
    internal void Script(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_handle, sql), _handle);

    /// <summary>The first row, or the type's default when there is none.</summary>
    public T? One<T>(string sql, Func<Row, T> map, params ReadOnlySpan<object?> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            return statement.Step() ? map(statement.Row) : default;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>All rows, in the statement's order.</summary>
    public List<T> All<T>(string sql, Func<Row, T> map, params ReadOnlySpan<object?> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            var rows = new List<T>();
            while (statement.Step())
            {
                try
                {
                    rows.Add(map(statement.Row));
                }
                catch (UnreadableRowException e) when (_leftOut is not null)
                {
                    _leftOutCount++;
                    _leftOut(e);
                }
            }

            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>
    /// Like <see cref="All{T}"/>, at most <paramref name="limit"/> rows, which is the statement's last parameter. Fewer mean that there are no more,
    /// even where rows were left out.
    /// </summary>
    public List<T> Page<T>(string sql, Func<Row, T> map, int limit, params ReadOnlySpan<object?> arguments)
    {
        object?[] all = [.. arguments, null];
        for (var asked = limit; ;)
        {
            all[^1] = (long)asked;
            var before = _leftOutCount;
            var rows = All(sql, map, all);
            var leftOut = _leftOutCount - before;
            if (leftOut == 0 || rows.Count >= limit || rows.Count + leftOut < asked)
            {
                return rows.Count > limit ? rows[..limit] : rows;
            }

            asked = limit + leftOut;
        }
    }

    /// <summary>A single integer; 0 when there is no row or it is NULL.</summary>
    public long Count(string sql, params ReadOnlySpan<object?> arguments) => One(sql, r => r.LongOrNull(0), arguments) ?? 0;

    /// <summary>Whether the statement finds at least one row.</summary>
    public bool Any(string sql, params ReadOnlySpan<object?> arguments)
    {
        var statement = Begin(sql, arguments);
        try
        {
            return statement.Step();
        }
        finally
        {
            statement.Reset();
        }
    }

    private Statement Begin(string sql, ReadOnlySpan<object?> arguments)
    {
        if (_planned is not null && --_untilPlanned == 0)
        {
            FailAsPlanned();
        }

        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new Statement(_handle, sql);
            _statements.Add(sql, statement);
        }

        statement.Begin(arguments);
        return statement;
    }

    private void FailAsPlanned()
    {
        var fault = _planned!;
        _planned = null;
        if (fault.LosesTransaction)
        {
            Execute("ROLLBACK");
        }

        throw new SqliteException($"planned fault at statement {fault.Number}", fault.Code);
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
