namespace Casement.Storage.Tests;

/// <summary>A database of a test's own on a private directory.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly Func<CommitFault?>? _faults;
    private readonly TimeProvider? _clock;
    private readonly string _directory = Directory.CreateTempSubdirectory("casement-storage-").FullName;

    public Scratch(bool durable = false, bool open = true, Func<CommitFault?>? faults = null, TimeProvider? clock = null)
    {
        Durable = durable;
        _faults = faults;
        _clock = clock;
        if (open)
        {
            Database = Open();
        }
    }

    public static Scope Scope { get; } = new("123456789012", "us-east-1");

    public bool Durable { get; }

    public string File => Path.Combine(_directory, "casement.db");

    public Database Database { get; private set; } = null!;

    public void Reopen()
    {
        Database.Dispose();
        Database = Open();
    }

    public long Count(string name) => Database.Read(tx => tx.Count("SELECT count(*) FROM meta WHERE key=$1", name));

    public static void Put(Tx tx, string name) => tx.Execute("INSERT INTO meta(key, value) VALUES($1, 'x')", name);

    private Database Open() => Storage.Database.Open(new DatabaseOptions(File, Durable) { Faults = _faults, Clock = _clock ?? TimeProvider.System });

    public void Dispose()
    {
        Database?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
