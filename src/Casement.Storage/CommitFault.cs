namespace Casement.Storage;

/// <summary>
/// What a test makes happen to one commit, since a sound disk does none of it. Given to the writer by
/// <see cref="DatabaseOptions.Faults"/>; nothing else makes one.
/// </summary>
public abstract record CommitFault
{
    private protected CommitFault() { }

    /// <summary>The commit is refused before anything of it is on disk, as by a full disk or a lock.</summary>
    public sealed record Refused(int Code = SqliteCodes.Full) : CommitFault;

    /// <summary>The commit reports a fault of the disk, and nobody can tell from that whether it is there.</summary>
    /// <param name="Kept">Whether it is.</param>
    public sealed record Lost(bool Kept) : CommitFault;

    /// <summary>The commit waits until the task has ended, and then succeeds.</summary>
    public sealed record Slow(Task Until) : CommitFault;

    /// <summary>A statement of the transaction fails, counted from 1 over all its units.</summary>
    /// <param name="LosesTransaction">Whether the whole transaction goes with it, as after a fault of the disk.</param>
    public sealed record AtStatement(int Number, bool LosesTransaction, int Code = SqliteCodes.Full) : CommitFault;
}

/// <summary>SQLite's primary result codes that mean something here.</summary>
public static class SqliteCodes
{
    public const int Busy = 5;
    public const int Locked = 6;
    public const int NoMemory = 7;
    public const int ReadOnly = 8;
    public const int InputOutput = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int CannotOpen = 14;
    public const int Protocol = 15;
    public const int Constraint = 19;
    public const int NotADatabase = 26;

    /// <summary>
    /// Whether COMMIT gives this code only before its record is in the log. After any other, above all a write or a flush that
    /// failed, the record may be on disk: the connection does not show it, but a process that starts after a crash would find it.
    /// </summary>
    internal static bool ProvesNothingKept(int code) => code is Busy or Locked or ReadOnly or Full or Constraint;

    /// <summary>Whether the code speaks of the disk, the file or another process, not of the statement.</summary>
    internal static bool IsOfTheFile(int code) =>
        code is Busy or Locked or NoMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or Protocol or NotADatabase;
}
