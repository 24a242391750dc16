using Casement.Simulation.Tests.World;
using Casement.Storage;
using Microsoft.Data.Sqlite;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>An empty database of today's schema, made once. Beside the product's tables it has one that says which rows a commit touched.</summary>
internal static class Template
{
    private static readonly Lazy<byte[]> Bytes = new(Make);

    /// <summary>In memory where the system has files in memory.</summary>
    private static string Root { get; } = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public static DirectoryInfo NewDirectory()
    {
        var directory = new DirectoryInfo(Path.Combine(Root, $"casement-simulation-{Environment.ProcessId}-{Path.GetRandomFileName()}"));
        directory.Create();
        return directory;
    }

    public static string In(DirectoryInfo directory)
    {
        var file = Path.Combine(directory.FullName, "casement.db");
        File.WriteAllBytes(file, Bytes.Value);
        return file;
    }

    private static byte[] Make()
    {
        var directory = NewDirectory();
        var file = Path.Combine(directory.FullName, "template.db");
        try
        {
            using (var database = Database.Open(new DatabaseOptions(file, Durable: false)))
            {
                database.Write(Instrument).GetAwaiter().GetResult();
                database.Write(Cast.Insert).GetAwaiter().GetResult();
            }

            using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                command.ExecuteNonQuery();
            }

            return File.ReadAllBytes(file);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static void Instrument(Tx tx)
    {
        tx.Execute("CREATE TABLE touched(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL)");
        foreach (var (table, kind, id) in new[]
        {
            ("executions", "execution", "execution_id"), ("task_executions", "execution", "execution_id"), ("invocations", "execution", "execution_id"),
            ("commands", "command", "command_id"), ("command_invocations", "command", "command_id"), ("windows", "window", "window_id"),
        })
        {
            foreach (var (change, row) in new[] { ("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD") })
            {
                tx.Execute(
                    $"CREATE TRIGGER touched_{table}_{change} AFTER {change} ON {table} BEGIN INSERT INTO touched(kind, id) VALUES('{kind}', {row}.{id}); END");
            }
        }
    }
}
