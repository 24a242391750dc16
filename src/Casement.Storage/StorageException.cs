namespace Casement.Storage;

/// <summary>The database refused to commit: a full disk, a lost file, a lock. Nothing of the unit of work was kept.</summary>
public sealed class StorageException : Exception
{
    public StorageException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>The database was written by a newer Casement than this one; it was left untouched.</summary>
public sealed class NewerSchemaException(long found, long known)
    : Exception($"The database has schema {found}; this Casement knows schemas up to {known}. Start the newer version, or restore a backup.")
{
    public long Found => found;
    public long Known => known;
}
