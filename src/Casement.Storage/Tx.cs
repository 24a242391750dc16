using System.Data;
using Microsoft.Data.Sqlite;

namespace Casement.Storage;

/// <summary>
/// One connection's view of the database while a unit of work or a read runs on it. Statements are written with positional
/// parameters <c>$1, $2, …</c> and are prepared once per connection.
/// </summary>
public sealed class Tx : IDisposable
{
    private const int ConstraintBroken = 19;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private List<Action>? _afterCommit;

    internal Tx(SqliteConnection connection) => _connection = connection;

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
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: not ConstraintBroken })
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
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>The first row, or the type's default when there is none.</summary>
    public T? One<T>(string sql, Func<Row, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() ? map(new Row(reader)) : default;
    }

    /// <summary>All rows, in the statement's order.</summary>
    public List<T> All<T>(string sql, Func<Row, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(new Row(reader)));
        }

        return rows;
    }

    /// <summary>A single integer; 0 when there is no row or it is NULL.</summary>
    public long Count(string sql, params ReadOnlySpan<object?> arguments) =>
        Prepare(sql, arguments).ExecuteScalar() is long value ? value : 0;

    /// <summary>Whether the statement finds at least one row.</summary>
    public bool Any(string sql, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _statements.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var value = arguments[i] switch { null => DBNull.Value, bool flag => flag ? 1L : 0L, var other => other };
            if (i < command.Parameters.Count)
            {
                command.Parameters[i].Value = value;
                command.Parameters[i].ResetSqliteType();
            }
            else
            {
                command.Parameters.AddWithValue($"${i + 1}", value);
            }
        }

        return command;
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

/// <summary>The row under a reader's cursor; columns by position.</summary>
public readonly record struct Row
{
    private readonly IDataRecord _record;

    internal Row(IDataRecord record) => _record = record;

    public string Text(int column) => _record.GetString(column);

    public string? TextOrNull(int column) => _record.IsDBNull(column) ? null : _record.GetString(column);

    public long Long(int column) => _record.GetInt64(column);

    public long? LongOrNull(int column) => _record.IsDBNull(column) ? null : _record.GetInt64(column);

    public int Int(int column) => checked((int)_record.GetInt64(column));

    public bool Flag(int column) => _record.GetInt64(column) != 0;

    public byte[] Bytes(int column) => (byte[])_record.GetValue(column);

    public byte[]? BytesOrNull(int column) => _record.IsDBNull(column) ? null : (byte[])_record.GetValue(column);
}
