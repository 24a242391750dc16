namespace Casement.Storage.Tests;

/// <summary>A file is brought up to date once, and one of a newer version is left alone.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task Opening_again_changes_no_schema_and_keeps_the_rows()
    {
        using var scratch = new Scratch(durable: true);
        var schema = Schema(scratch);
        await scratch.Database.Write(tx => Scratch.Put(tx, "row"));
        scratch.Reopen();
        Assert.Equal(schema, Schema(scratch));
        Assert.Equal(1, scratch.Count("row"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_by_its_number_and_untouched()
    {
        using var scratch = new Scratch(durable: true);
        await scratch.Database.Write(tx => tx.Execute("UPDATE meta SET value='9999' WHERE key='schema'"));
        scratch.Database.Dispose();
        var before = await File.ReadAllBytesAsync(scratch.File, TestContext.Current.CancellationToken);
        var refused = Assert.Throws<NewerSchemaException>(() => Database.Open(new DatabaseOptions(scratch.File)));
        Assert.Equal(9999, refused.Found);
        Assert.Equal(before, await File.ReadAllBytesAsync(scratch.File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_newer_schema_is_untouched_together_with_the_log_that_a_crash_left()
    {
        using var scratch = new Scratch();
        await scratch.Database.Write(tx => tx.Execute("UPDATE meta SET value='9999' WHERE key='schema'"));
        using var crashed = new Scratch(open: false);
        foreach (var end in (string[])["", "-wal"])
        {
            File.Copy(scratch.File + end, crashed.File + end);
        }

        var before = (await Bytes(crashed.File), await Bytes(crashed.File + "-wal"));
        Assert.NotEmpty(before.Item2);
        Assert.Throws<NewerSchemaException>(() => Database.Open(new DatabaseOptions(crashed.File)));
        Assert.Equal(before, (await Bytes(crashed.File), await Bytes(crashed.File + "-wal")));

        static async Task<string> Bytes(string file) =>
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void What_is_no_database_is_said()
    {
        using var scratch = new Scratch(open: false);
        File.WriteAllText(scratch.File, new string('?', 8192));
        var refused = Assert.Throws<StorageException>(() => Database.Open(new DatabaseOptions(scratch.File)));
        Assert.Contains(scratch.File, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_said()
    {
        Assert.Throws<StorageException>(() => Database.Open(new DatabaseOptions("/nowhere/at/all/casement.db")));
    }

    private static List<string> Schema(Scratch scratch) =>
        scratch.Database.Read(tx => tx.All("SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name", r => r.Text(0)));
}
