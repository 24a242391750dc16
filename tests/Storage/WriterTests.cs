using Microsoft.Data.Sqlite;

namespace Casement.Storage.Tests;

/// <summary>Units of work share commits; each succeeds or fails for itself, and completes after its commit.</summary>
public sealed class WriterTests
{
    [Fact]
    public async Task Units_that_wait_share_a_commit()
    {
        using var scratch = new Scratch();
        using var hold = new Hold(scratch.Database);
        var before = Pages(scratch);
        var rest = Enumerable.Range(0, 200).Select(i => scratch.Database.Write(tx => Scratch.Put(tx, $"unit-{i}"))).ToList();
        hold.Release();
        await Task.WhenAll(rest);
        Assert.Equal(200, scratch.Database.Read(tx => tx.Count("SELECT count(*) FROM meta WHERE key LIKE 'unit-%'")));

        // alone, each would append at least a page to the log; together they share the pages they change
        Assert.InRange(Pages(scratch) - before, 1, 100);
    }

    [Fact]
    public async Task More_units_than_a_batch_and_the_queue_hold_all_come_through()
    {
        using var scratch = new Scratch();
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => scratch.Database.Write(tx => Scratch.Put(tx, $"unit-{i}"))));
        Assert.Equal(10_000, scratch.Database.Read(tx => tx.Count("SELECT count(*) FROM meta WHERE key LIKE 'unit-%'")));
        Assert.Equal(0, scratch.Database.Waiting);
    }

    [Fact]
    public async Task One_that_fails_spoils_none_of_its_neighbours()
    {
        using var scratch = new Scratch();
        using var hold = new Hold(scratch.Database);
        var before = scratch.Database.Write(tx => Scratch.Put(tx, "before"));
        var failing = scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "failing");
            throw new FormatException("no");
        });
        var after = scratch.Database.Write(tx => Scratch.Put(tx, "after"));
        hold.Release();
        await Task.WhenAll(before, after);
        Assert.Equal("no", (await Assert.ThrowsAsync<FormatException>(() => failing)).Message);
        Assert.Equal((1, 0, 1), (scratch.Count("before"), scratch.Count("failing"), scratch.Count("after")));
        Assert.Null(scratch.Database.Fault);
    }

    [Fact]
    public async Task A_broken_constraint_is_its_unit_s_own_matter()
    {
        using var scratch = new Scratch();
        await scratch.Database.Write(tx => Scratch.Put(tx, "once"));
        var twice = await Assert.ThrowsAsync<SqliteException>(() => scratch.Database.Write(tx => Scratch.Put(tx, "once")));
        Assert.Equal(19, twice.SqliteErrorCode);
        await scratch.Database.Write(tx => Scratch.Put(tx, "other"));
        Assert.Equal(1, scratch.Count("other"));
    }

    [Fact]
    public async Task A_unit_sees_what_earlier_ones_of_its_batch_did_and_not_what_failed_ones_did()
    {
        using var scratch = new Scratch();
        using var hold = new Hold(scratch.Database);
        var kept = scratch.Database.Write(tx => Scratch.Put(tx, "kept"));
        var undone = scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "undone");
            throw new FormatException();
        });
        var seen = scratch.Database.Write(tx => tx.All("SELECT key FROM meta WHERE key IN ('kept','undone')", r => r.Text(0)));
        hold.Release();
        await kept;
        await Assert.ThrowsAsync<FormatException>(() => undone);
        Assert.Equal(["kept"], await seen);
    }

    [Fact]
    public async Task What_waits_for_the_commit_runs_after_it_and_before_the_caller_goes_on()
    {
        using var scratch = new Scratch();
        var visible = -1L;
        await scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "row");
            tx.AfterCommit(() => visible = scratch.Count("row"));
            Assert.Equal(0, scratch.Count("row"));
        });
        Assert.Equal(1, visible);
    }

    [Fact]
    public async Task What_a_failed_unit_wanted_after_its_commit_is_dropped()
    {
        using var scratch = new Scratch();
        var rang = false;
        await Assert.ThrowsAsync<FormatException>(() => scratch.Database.Write(tx =>
        {
            tx.AfterCommit(() => rang = true);
            throw new FormatException();
        }));
        await scratch.Database.Write(tx => Scratch.Put(tx, "next"));
        Assert.False(rang);
    }

    [Fact]
    public async Task A_signal_that_fails_after_the_commit_changes_no_answer_and_silences_no_other()
    {
        using var scratch = new Scratch();
        var rang = false;
        await scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "row");
            tx.AfterCommit(() => throw new ObjectDisposedException("bell"));
            tx.AfterCommit(() => rang = true);
        });
        Assert.True(rang);
        await scratch.Database.Write(tx => Scratch.Put(tx, "next"));
        Assert.Equal((1, 1), (scratch.Count("row"), scratch.Count("next")));
    }

    [Fact]
    public async Task A_part_that_fails_is_undone_alone()
    {
        using var scratch = new Scratch();
        var rang = new List<string>();
        var fault = await scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "before");
            tx.AfterCommit(() => rang.Add("before"));
            var thrown = tx.Attempt(() =>
            {
                Scratch.Put(tx, "part");
                tx.AfterCommit(() => rang.Add("part"));
                throw new FormatException("no");
            });
            Assert.Null(tx.Attempt(() => Scratch.Put(tx, "other part")));
            tx.AfterCommit(() => rang.Add("after"));
            return thrown;
        });
        Assert.Equal("no", Assert.IsType<FormatException>(fault).Message);
        Assert.Equal((1, 0, 1), (scratch.Count("before"), scratch.Count("part"), scratch.Count("other part")));
        Assert.Equal(["before", "after"], rang);
    }

    [Fact]
    public async Task A_part_that_the_database_refuses_fails_its_unit()
    {
        using var scratch = new Scratch();
        await Assert.ThrowsAsync<StorageException>(() => scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "unit");
            tx.Attempt(() => tx.Execute("INSERT INTO no_such_table VALUES(1)"));
        }));
        await scratch.Database.Write(tx => Scratch.Put(tx, "next"));
        Assert.Equal((0, 1), (scratch.Count("unit"), scratch.Count("next")));
    }

    [Fact]
    public async Task A_commit_that_fails_fails_all_and_leaves_nothing()
    {
        using var scratch = new Scratch();
        // a deferred foreign key is checked by COMMIT itself
        await scratch.Database.Write(tx => tx.Execute("CREATE TABLE child(parent TEXT REFERENCES meta(key) DEFERRABLE INITIALLY DEFERRED)"));
        await ForeignKeys(scratch, on: true);
        var rang = false;
        using var hold = new Hold(scratch.Database);
        var innocent = scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "innocent");
            tx.AfterCommit(() => rang = true);
        });
        var orphan = scratch.Database.Write(tx => tx.Execute("INSERT INTO child(parent) VALUES('nobody')"));
        hold.Release();
        await Assert.ThrowsAsync<StorageException>(() => orphan);
        await Assert.ThrowsAsync<StorageException>(() => innocent);
        Assert.Equal(0, scratch.Count("innocent"));
        Assert.False(rang);
        Assert.NotNull(scratch.Database.Fault);

        await scratch.Database.Write(tx => Scratch.Put(tx, "later"));
        Assert.Equal(1, scratch.Count("later"));
        Assert.Null(scratch.Database.Fault);
    }

    [Fact]
    public async Task A_full_disk_is_said_turns_readiness_red_and_passes()
    {
        using var scratch = new Scratch();
        await scratch.Database.Write(tx => Scratch.Put(tx, "small"));
        var pages = await scratch.Database.Write(tx => tx.Count("PRAGMA page_count"));
        await scratch.Database.Write(tx => tx.Count($"PRAGMA max_page_count={pages}"));
        var big = () => scratch.Database.Write(tx => tx.Execute("INSERT INTO meta(key, value) VALUES('big', $1)", new string('x', 1_000_000)));
        var full = await Assert.ThrowsAsync<StorageException>(big);
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        Assert.NotNull(scratch.Database.Fault);
        Assert.Equal((1, 0), (scratch.Count("small"), scratch.Count("big")));

        await scratch.Database.Write(tx => tx.Count("PRAGMA max_page_count=1000000"));
        await big();
        Assert.Equal(1, scratch.Count("big"));
        Assert.Null(scratch.Database.Fault);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    public async Task A_durable_database_waits_for_the_disk(bool durable, long synchronous)
    {
        using var scratch = new Scratch(durable);
        Assert.Equal(synchronous, await scratch.Database.Write(tx => tx.Count("PRAGMA synchronous")));
        Assert.Equal("wal", await scratch.Database.Write(tx => tx.One("PRAGMA journal_mode", r => r.Text(0))));
    }

    [Fact]
    public async Task A_read_sees_every_write_that_was_answered()
    {
        using var scratch = new Scratch();
        for (var i = 0; i < 200; i++)
        {
            await scratch.Database.Write(tx => Scratch.Put(tx, $"row-{i}"));
            Assert.Equal(i + 1, scratch.Database.Read(tx => tx.Count("SELECT count(*) FROM meta WHERE key LIKE 'row-%'")));
        }
    }

    [Fact]
    public void A_reader_cannot_write()
    {
        using var scratch = new Scratch();
        Assert.Throws<SqliteException>(() => scratch.Database.Read(tx =>
        {
            Scratch.Put(tx, "sneaked");
            return 0;
        }));
    }

    [Fact]
    public async Task Reads_within_one_state_do_not_see_a_write_between_them()
    {
        using var scratch = new Scratch();
        Task? writing = null;
        var (one, two) = scratch.Database.ReadConsistently(tx =>
        {
            var first = tx.Count("SELECT count(*) FROM meta");
            writing = scratch.Database.Write(w => Scratch.Put(w, "between"));
            Assert.True(SpinWait.SpinUntil(() => writing.IsCompleted, TimeSpan.FromSeconds(30)));
            return (first, tx.Count("SELECT count(*) FROM meta"));
        });
        await writing!;
        Assert.Equal(one, two);
        Assert.Equal(1, scratch.Count("between"));
    }

    [Fact]
    public async Task A_closed_database_takes_no_more_work()
    {
        using var scratch = new Scratch();
        var database = scratch.Database;
        database.Dispose();
        await Assert.ThrowsAsync<StorageException>(() => database.Write(tx => Scratch.Put(tx, "late")));
    }

    // the pragma does nothing inside a transaction, and the writer is always in one: left and entered again
    private static Task ForeignKeys(Scratch scratch, bool on) => scratch.Database.Write(tx =>
    {
        tx.Execute("COMMIT");
        tx.Execute($"PRAGMA foreign_keys={(on ? 1 : 0)}");
        tx.Execute("BEGIN IMMEDIATE");
        tx.Execute("SAVEPOINT unit");
    });

    private static long Pages(Scratch scratch) => new FileInfo(scratch.File + "-wal").Length / 4096;
}
