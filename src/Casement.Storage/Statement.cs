using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Casement.Storage;

/// <summary>
/// One prepared statement of one connection, bound by position and read in place: ADO.NET's parameters by name, boxed values and a
/// reader each time cost more than SQLite itself.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int Large = 4096;
    private const int OnStack = 1024;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _prepared;

    // place in SQLite's order of $1, $2, …; 0 where the text has none
    private readonly int[] _places;
    private readonly bool _changes;
    private bool _running;
    private bool _large;

    /// <exception cref="ArgumentException">The text holds more than one statement.</exception>
    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection, sql, out _prepared, out var rest), connection);
        if (!string.IsNullOrWhiteSpace(rest))
        {
            _prepared.Dispose();
            throw new ArgumentException($"One statement at a time, not also: {rest}", nameof(sql));
        }

        _places = Places(_prepared);
        _changes = raw.sqlite3_stmt_readonly(_prepared) == 0;
    }

    /// <summary>The row that <see cref="Step"/> came to, until the next step.</summary>
    public Row Row => new(_prepared);

    /// <summary>Rows that the last run changed; 0 for statements that only read.</summary>
    public int Changed => _changes ? raw.sqlite3_changes(_connection) : 0;

    /// <summary>Begins a run, which <see cref="Reset"/> must end.</summary>
    public void Begin(ReadOnlySpan<object?> arguments)
    {
        if (_running)
        {
            throw new InvalidOperationException("The statement's rows are still being read.");
        }

        for (var i = 0; i < _places.Length; i++)
        {
            if (i >= arguments.Length && _places[i] != 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No value for ${i + 1}."));
            }

            if (_places[i] != 0)
            {
                SqliteException.ThrowExceptionForRC(Bind(_places[i], arguments[i]), _connection);
            }
        }

        _running = true;
    }

    /// <summary>Whether there is one more row.</summary>
    /// <exception cref="SqliteException">SQLite refused.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_prepared);
        if (code is not raw.SQLITE_ROW and not raw.SQLITE_DONE)
        {
            SqliteException.ThrowExceptionForRC(code, _connection);
        }

        return code == raw.SQLITE_ROW;
    }

    public void Reset()
    {
        raw.sqlite3_reset(_prepared);
        if (_large)
        {
            // not kept until the statement is used again, which may be never
            raw.sqlite3_clear_bindings(_prepared);
            _large = false;
        }

        _running = false;
    }

    private int Bind(int place, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_prepared, place),
        string text => Bind(place, text),
        long number => raw.sqlite3_bind_int64(_prepared, place, number),
        int number => raw.sqlite3_bind_int64(_prepared, place, number),
        bool flag => raw.sqlite3_bind_int64(_prepared, place, flag ? 1 : 0),
        byte[] bytes => Bind(place, bytes),
        _ => throw new ArgumentException($"{value.GetType()} is no column's type.", nameof(value)),
    };

    private int Bind(int place, string text)
    {
        if (text.Length == 0)
        {
            // the other form takes an empty span for NULL
            return raw.sqlite3_bind_text(_prepared, place, text);
        }

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most > OnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        var bytes = rented ?? stackalloc byte[OnStack];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        _large |= length > Large;
        var code = raw.sqlite3_bind_text(_prepared, place, bytes[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return code;
    }

    private int Bind(int place, byte[] bytes)
    {
        _large |= bytes.Length > Large;
        return bytes.Length == 0 ? raw.sqlite3_bind_zeroblob(_prepared, place, 0) : raw.sqlite3_bind_blob(_prepared, place, bytes);
    }

    private static int[] Places(sqlite3_stmt prepared)
    {
        var places = new List<int>();
        for (var place = 1; place <= raw.sqlite3_bind_parameter_count(prepared); place++)
        {
            var name = raw.sqlite3_bind_parameter_name(prepared, place).utf8_to_string();
            var number = int.Parse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
            while (places.Count < number)
            {
                places.Add(0);
            }

            places[number - 1] = place;
        }

        return [.. places];
    }

    public void Dispose() => _prepared.Dispose();
}
