using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SQLitePCL;

namespace Casement.Storage;

/// <summary>The row under a statement's cursor, until the cursor moves; columns by position.</summary>
public readonly record struct Row
{
    private readonly sqlite3_stmt _statement;

    internal Row(sqlite3_stmt statement) => _statement = statement;

    /// <exception cref="InvalidCastException">The column is NULL.</exception>
    public string Text(int column) => TextOrNull(column) ?? throw Null(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    /// <summary>What a column keeps as JSON.</summary>
    /// <param name="kind">What the row is of, such as <c>maintenance window</c>, for the message.</param>
    /// <exception cref="UnreadableRowException">It is no JSON, or not of this shape.</exception>
    public T Doc<T>(int column, JsonTypeInfo<T> shape, string kind, string id)
    {
        try
        {
            return JsonSerializer.Deserialize(raw.sqlite3_column_blob(_statement, column), shape) ?? throw new UnreadableRowException(kind, id, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidCastException)
        {
            throw new UnreadableRowException(kind, id, e);
        }
    }

    /// <exception cref="InvalidCastException">The column is NULL.</exception>
    public long Long(int column) => LongOrNull(column) ?? throw Null(column);

    public long? LongOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => checked((int)Long(column));

    public bool Flag(int column) => Long(column) != 0;

    /// <exception cref="InvalidCastException">The column is NULL.</exception>
    public byte[] Bytes(int column) => BytesOrNull(column) ?? throw Null(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(_statement, column).ToArray();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private static InvalidCastException Null(int column) => new(string.Create(CultureInfo.InvariantCulture, $"Column {column} is NULL."));
}
