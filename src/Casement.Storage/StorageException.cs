namespace Casement.Storage;

/// <summary>
/// The database refused to commit: a full disk, a lost file, a lock. Nothing of the unit of work was kept, unless
/// <see cref="InDoubt"/> says that nobody knows.
/// </summary>
public sealed class StorageException : Exception
{
    public StorageException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>
    /// The commit failed in a way that leaves open whether it is on disk. What was to be signalled after it has been: whoever
    /// hears a signal reads the rows.
    /// </summary>
    public bool InDoubt { get; init; }
}

/// <summary>What a row keeps as JSON cannot be read: written by nobody's operation, or damaged.</summary>
public sealed class UnreadableRowException(string kind, string id, Exception? inner)
    : Exception($"The stored {kind} {id} cannot be read.", inner)
{
    /// <summary>What it is of, such as <c>maintenance window</c>.</summary>
    public string Kind => kind;

    public string Id => id;
}

/// <summary>The database was written by a newer Casement than this one; it was left untouched.</summary>
public sealed class NewerSchemaException(long found, long known)
    : Exception($"The database has schema {found}; this Casement knows schemas up to {known}. Start the newer version, or restore a backup.")
{
    public long Found => found;
    public long Known => known;
}
