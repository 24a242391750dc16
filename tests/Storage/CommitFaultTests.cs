using Microsoft.Data.Sqlite;

namespace Casement.Storage.Tests;

/// <summary>A disk that refuses, forgets, lies or takes its time: what callers are told is what the file holds.</summary>
public sealed class CommitFaultTests : IDisposable
{
    private readonly PlannedFaults _faults = new();
    private readonly StoppedClock _clock = new();
    private readonly Scratch _scratch;

    public CommitFaultTests() => _scratch = new Scratch(faults: _faults.Next, clock: _clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_refused_commit_leaves_nothing_and_rings_nothing()
    {
        _faults.Plan(new CommitFault.Refused());
        var rang = false;
        var refused = await Assert.ThrowsAsync<StorageException>(() => Put("row", () => rang = true));
        Assert.StartsWith("The database could not be written: ", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.InDoubt);
        Assert.False(rang);
        Assert.NotNull(_scratch.Database.Fault);
        Assert.Equal(0, _scratch.Count("row"));

        await Put("row");
        Assert.Equal(1, _scratch.Count("row"));
        Assert.Null(_scratch.Database.Fault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_commit_that_may_be_there_says_so_and_rings_since_nobody_knows(bool kept)
    {
        _faults.Plan(new CommitFault.Lost(kept));
        var rang = false;
        var lost = await Assert.ThrowsAsync<StorageException>(() => Put("row", () => rang = true));
        Assert.StartsWith("It is not known whether the database was written: ", lost.Message, StringComparison.Ordinal);
        Assert.True(lost.InDoubt);
        Assert.True(rang);
        Assert.NotNull(_scratch.Database.Fault);
        Assert.Equal(kept ? 1 : 0, _scratch.Count("row"));

        await Put("next");
        Assert.Null(_scratch.Database.Fault);
    }

    [Fact]
    public async Task A_statement_that_fails_wherever_it_stands_leaves_every_unit_whole_or_absent()
    {
        foreach (var loses in (bool[])[false, true])
        {
            for (var number = 1; number <= 14; number++)
            {
                var name = $"{loses}-{number}";
                List<(string Unit, Task Done)> units;
                using (var hold = new Hold(_scratch.Database))
                {
                    units = [.. Enumerable.Range(0, 3).Select(i => $"{name}-{i}").Select(unit => (unit, PutTwo(unit)))];
                    _faults.Plan(new CommitFault.AtStatement(number, loses));
                    hold.Release();
                    await Task.WhenAll(units.Select(u => u.Done)).ContinueWith(_ => { }, TaskScheduler.Default);
                }

                foreach (var (unit, done) in units)
                {
                    Assert.Equal((done.IsCompletedSuccessfully, unit), (_scratch.Count(unit + "-a") == 1, unit));
                    Assert.Equal(_scratch.Count(unit + "-a"), _scratch.Count(unit + "-b"));
                }

                // the second and third statement are the first unit's own; where all is lost, each is run again for itself
                if (number is 2 or 3)
                {
                    Assert.Equal([loses, true, true], units.Select(u => u.Done.IsCompletedSuccessfully));
                }
            }
        }
    }

    [Fact]
    public async Task A_slow_commit_holds_up_no_read_and_keeps_the_order_and_is_a_fault_after_ten_seconds()
    {
        var disk = new TaskCompletionSource();
        _faults.Plan(new CommitFault.Slow(disk.Task));
        var order = new List<string>();
        var slow = Put("slow", () => order.Add("slow"));
        Assert.True(SpinWait.SpinUntil(() => _faults.Asked == 1, TimeSpan.FromSeconds(30)));
        var next = Put("next", () => order.Add("next"));
        Assert.Equal(0, _scratch.Count("slow"));
        Assert.Null(_scratch.Database.Fault);

        _clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal("a commit has been under way for 12 s", _scratch.Database.Fault);
        Assert.False(slow.IsCompleted);
        Assert.False(next.IsCompleted);

        disk.SetResult();
        await slow;
        await next;
        Assert.Equal(["slow", "next"], order);
        Assert.True(SpinWait.SpinUntil(() => _scratch.Database.Fault is null, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task What_failed_is_tried_again_every_second_though_nobody_writes()
    {
        var told = new List<string?>();
        _scratch.Database.OnFault(fault =>
        {
            lock (told)
            {
                told.Add(fault);
            }
        });
        _faults.Always = new CommitFault.Refused();
        await Assert.ThrowsAsync<StorageException>(() => Put("row"));
        var asked = _faults.Asked;
        Assert.True(_clock.AdvanceUntil(() => _faults.Asked >= asked + 3));
        Assert.NotNull(_scratch.Database.Fault);

        _faults.Always = null;
        Assert.True(_clock.AdvanceUntil(() => _scratch.Database.Fault is null));
        Assert.True(SpinWait.SpinUntil(() => _scratch.Count("probe") == 0, TimeSpan.FromSeconds(30)));
        Assert.Equal(["planned fault before the commit", null], told);
        await Put("row");
    }

    [Fact]
    public async Task While_nothing_is_wrong_nothing_is_tried()
    {
        await Put("row");
        var asked = _faults.Asked;
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Put("next");
        Assert.Equal(asked + 1, _faults.Asked);
    }

    [Fact]
    public async Task A_commit_of_nothing_proves_nothing()
    {
        _faults.Plan(new CommitFault.Refused());
        await Assert.ThrowsAsync<StorageException>(() => Put("row"));
        await _scratch.Database.Write(tx => tx.Count("SELECT count(*) FROM meta"));
        await Assert.ThrowsAsync<FormatException>(() => _scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, "undone");
            throw new FormatException();
        }));
        Assert.NotNull(_scratch.Database.Fault);
    }

    [Fact]
    public async Task A_full_disk_refuses_what_does_not_fit_and_none_of_its_neighbours()
    {
        var pages = await _scratch.Database.Write(tx => tx.Count("PRAGMA page_count"));
        await _scratch.Database.Write(tx => tx.Count($"PRAGMA max_page_count={pages}"));
        Task before, big, after;
        using (var hold = new Hold(_scratch.Database))
        {
            before = Put("before");
            big = _scratch.Database.Write(tx => tx.Execute("INSERT INTO meta(key, value) VALUES('big', $1)", new string('x', 1_000_000)));
            after = Put("after");
            hold.Release();
            await before;
            await after;
        }

        var full = await Assert.ThrowsAsync<StorageException>(() => big);
        Assert.Contains("database or disk is full", full.Message, StringComparison.Ordinal);
        Assert.Equal((1, 0, 1), (_scratch.Count("before"), _scratch.Count("big"), _scratch.Count("after")));
    }

    [Fact]
    public async Task A_full_disk_is_red_until_a_call_s_worth_fits_again_and_then_without_a_call()
    {
        var pages = await _scratch.Database.Write(tx => tx.Count("PRAGMA page_count"));
        await _scratch.Database.Write(tx => tx.Count($"PRAGMA max_page_count={pages}"));
        await Assert.ThrowsAsync<StorageException>(
            () => _scratch.Database.Write(tx => tx.Execute("INSERT INTO meta(key, value) VALUES('big', $1)", new string('x', 1_000_000))));
        var asked = _faults.Asked;
        Assert.True(_clock.AdvanceUntil(() => _faults.Asked >= asked + 3));
        Assert.Contains("full", _scratch.Database.Fault, StringComparison.Ordinal);

        await _scratch.Database.Write(tx => tx.Count("PRAGMA max_page_count=1000000"));
        Assert.True(_clock.AdvanceUntil(() => _scratch.Database.Fault is null));
    }

    [Fact]
    public async Task A_lock_that_another_process_holds_too_long_is_said_and_passes()
    {
        await _scratch.Database.Write(tx => tx.Execute("PRAGMA busy_timeout=50"));
        await using var other = new SqliteConnection($"Data Source={_scratch.File};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var locked = await Assert.ThrowsAsync<StorageException>(() => Put("row"));
        Assert.Contains("database is locked", locked.Message, StringComparison.Ordinal);
        Assert.False(locked.InDoubt);
        Assert.Equal(0, _scratch.Count("row"));

        command.CommandText = "ROLLBACK";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        Assert.True(_clock.AdvanceUntil(() => _scratch.Database.Fault is null));
        await Put("row");
    }

    private Task Put(string name, Action? afterCommit = null) => _scratch.Database.Write(tx =>
    {
        Scratch.Put(tx, name);
        if (afterCommit is not null)
        {
            tx.AfterCommit(afterCommit);
        }
    });

    private Task PutTwo(string name) => _scratch.Database.Write(tx =>
    {
        Scratch.Put(tx, name + "-a");
        Scratch.Put(tx, name + "-b");
    });
}
