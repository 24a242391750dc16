using System.Collections.Concurrent;
using Casement.Tests;

namespace Casement.Storage.Tests;

/// <summary>
/// Random faults under random units, all decided by a seed: what was acknowledged is in the file when it is opened again, also
/// in a copy made at the instant of a crash; what was refused is not; what was called unknown is there whole or not at all.
/// </summary>
public sealed class DurabilityTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task What_was_acknowledged_is_there_and_what_was_refused_is_not()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0; seed < Soak.Times(200); seed++)
        {
            using var run = new Run(seed);
            await run.Go();
            foreach (var (what, count) in run.Seen)
            {
                seen[what] = seen.GetValueOrDefault(what) + count;
            }
        }

        // the plans reach all that they are for
        Assert.All(
            (string[])["acknowledged", "refused", "unknown and kept", "unknown and gone", "its own refusal", "acknowledged beside a refused one", "crash copy with rows"],
            what => Assert.True(seen.GetValueOrDefault(what) > 10, $"{what}: {seen.GetValueOrDefault(what)}"));
    }

    [Fact]
    public async Task Many_writers_at_once_find_what_they_were_told()
    {
        var dice = new Dice(7);
        using var scratch = new Scratch(faults: () => dice.Next(4) == 0 ? Fault(dice) : null);
        var told = new ConcurrentDictionary<string, Exception?>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Soak.Times(100); i++)
            {
                var name = $"{writer}-{i}";
                told[name] = await Record.ExceptionAsync(() => scratch.Database.Write(tx => Scratch.Put(tx, name)));
            }
        })));

        scratch.Reopen();
        Assert.All(told, unit => Assert.True(
            unit.Value is StorageException { InDoubt: true } || scratch.Count(unit.Key) == (unit.Value is null ? 1 : 0), $"{unit.Key}: {unit.Value}"));
        Assert.Contains(told, unit => unit.Value is null);
        Assert.Contains(told, unit => unit.Value is StorageException { InDoubt: false });
    }

    [Fact]
    public async Task The_same_seed_is_the_same_story()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            using var one = new Run(seed);
            using var other = new Run(seed);
            await one.Go();
            await other.Go();
            Assert.Equal(one.Seen.OrderBy(s => s.Key, StringComparer.Ordinal), other.Seen.OrderBy(s => s.Key, StringComparer.Ordinal));
        }
    }

    private static CommitFault Fault(Dice dice) => dice.Next(6) switch
    {
        0 => new CommitFault.Refused(dice.Percent(50) ? SqliteCodes.Full : SqliteCodes.Busy),
        1 => new CommitFault.Lost(Kept: true),
        2 => new CommitFault.Lost(Kept: false),
        _ => new CommitFault.AtStatement(1 + dice.Next(19), dice.Percent(50), dice.Percent(50) ? SqliteCodes.Full : SqliteCodes.InputOutput),
    };

    /// <summary>
    /// Several rounds of units. Each round waits behind a unit that holds the writer, so that the batch, and with it what the seed
    /// means, depends on no timing.
    /// </summary>
    private sealed class Run : IDisposable
    {
        private readonly int _seed;
        private readonly Dice _faults;
        private readonly Dice _units;
        private readonly Scratch _scratch;
        private readonly string _copy = Directory.CreateTempSubdirectory("casement-crash-copy-").FullName;
        private readonly ConcurrentDictionary<int, bool> _rang = [];
        private readonly List<int> _acknowledged = [];
        private readonly int _copyAt;
        private bool _armed;
        private int _commits;
        private List<int>? _acknowledgedAtCopy;

        public Run(int seed)
        {
            _seed = seed;
            _faults = new Dice((ulong)seed);
            _units = new Dice((ulong)seed + 1_000_000);
            _copyAt = 1 + _units.Next(9);
            _scratch = new Scratch(faults: Next);
        }

        public Dictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

        public async Task Go()
        {
            var units = new List<(int Id, Task Done)>();
            for (var round = 0; round < Rounds; round++)
            {
                List<(int Id, Task Done)> batch;
                using (var hold = new Hold(_scratch.Database))
                {
                    batch = [.. Enumerable.Range(0, 1 + _units.Next(6)).Select(i => ((round * 10) + i, Unit((round * 10) + i, _units.Next(8) == 0)))];
                    Volatile.Write(ref _armed, true);
                    hold.Release();
                    await Task.WhenAll(batch.Select(u => u.Done)).ContinueWith(_ => { }, TaskScheduler.Default);
                    Volatile.Write(ref _armed, false);
                }

                var done = batch.FindAll(u => u.Done.IsCompletedSuccessfully);
                _acknowledged.AddRange(done.Select(u => u.Id));
                if (done.Count > 0 && batch.Exists(u => u.Done.Exception?.InnerException is StorageException))
                {
                    See("acknowledged beside a refused one");
                }

                units.AddRange(batch);
            }

            _scratch.Reopen();
            units.ForEach(Check);
            CheckCopy();
        }

        private Task Unit(int id, bool refuses) => _scratch.Database.Write(tx =>
        {
            Scratch.Put(tx, $"{id}-a");
            tx.AfterCommit(() => _rang[id] = true);
            if (refuses)
            {
                throw new FormatException();
            }

            Scratch.Put(tx, $"{id}-b");
        });

        private void Check((int Id, Task Done) unit)
        {
            var (a, b) = (_scratch.Count($"{unit.Id}-a"), _scratch.Count($"{unit.Id}-b"));
            var rang = _rang.ContainsKey(unit.Id);
            var what = unit.Done.Exception?.InnerException switch
            {
                null => "acknowledged",
                StorageException { InDoubt: true } => a == 1 ? "unknown and kept" : "unknown and gone",
                StorageException => "refused",
                FormatException => "its own refusal",
                var other => other.ToString(),
            };
            See(what);
            var (rows, rings) = what switch
            {
                "acknowledged" or "unknown and kept" => (1, true),
                "unknown and gone" => (0, true),
                _ => (0, false),
            };
            Assert.True((a, b, rang) == (rows, rows, rings), $"seed {_seed}, unit {unit.Id}: {what}, but rows {a} and {b}, bell {rang}");
        }

        private void CheckCopy()
        {
            if (_acknowledgedAtCopy is null)
            {
                return;
            }

            using var database = Database.Open(new DatabaseOptions(Path.Combine(_copy, "casement.db"), Durable: false));
            foreach (var id in _acknowledgedAtCopy)
            {
                Assert.True(
                    database.Read(tx => tx.Count("SELECT count(*) FROM meta WHERE key IN ($1, $2)", $"{id}-a", $"{id}-b")) == 2,
                    $"seed {_seed}: unit {id} was acknowledged before the crash and is not in the copy");
                See("crash copy with rows");
            }
        }

        // on the writer's thread, so that the file stands still
        private CommitFault? Next()
        {
            if (!Volatile.Read(ref _armed))
            {
                return null;
            }

            if (++_commits == _copyAt)
            {
                foreach (var end in (string[])["", "-wal"])
                {
                    File.Copy(_scratch.File + end, Path.Combine(_copy, "casement.db" + end));
                }

                _acknowledgedAtCopy = [.. _acknowledged];
            }

            return _faults.Next(5) < 2 ? null : Fault(_faults);
        }

        private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

        public void Dispose()
        {
            _scratch.Dispose();
            Directory.Delete(_copy, recursive: true);
        }
    }
}
