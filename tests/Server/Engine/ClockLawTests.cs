using Casement.Server.Ssm.Windows;
using Casement.Storage;
using Casement.Tests;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>
/// Whatever happens to the clock, to the machine and to the windows: an occurrence opens once at most; one whose instant passed while
/// the clock was right opened, or a row says why not; and once the clock is right again, every window opens at its next instant.
/// </summary>
public sealed class ClockLawTests
{
    private const int Plans = 40;

    private abstract record Step
    {
        /// <summary>The machine runs.</summary>
        public sealed record Pass(Duration Time) : Step;

        /// <summary>The machine sleeps while the clock goes on; the server may be another one when it wakes up.</summary>
        public sealed record Sleep(Duration Time, bool Restart) : Step;

        /// <summary>Somebody sets the clock; with a restart, while the server is down.</summary>
        public sealed record Set(Duration By, bool Restart) : Step;

        /// <summary>The clock is put right.</summary>
        public sealed record Correct(bool Restart) : Step;

        public sealed record Make(string Schedule) : Step;

        public sealed record Toggle(int Window) : Step;

        /// <summary>Runs of the window take until the next such step.</summary>
        public sealed record Hold(int Window) : Step;
    }

    private static readonly string[] Schedules =
        ["cron(0/30 * * * ? *)", "cron(0 * * * ? *)", "cron(15 0/2 * * ? *)", "rate(45 minutes)", "rate(2 hours)", "cron(0 12 * * ? *)", "cron(30 2 * * ? *)"];

    [Fact]
    public async Task The_laws_hold_whatever_happens_to_the_clock()
    {
        for (var seed = 0; seed < Soak.Times(Plans); seed++)
        {
            try
            {
                using var course = new Course();
                await course.Run(PlanOf(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {string.Join(" · ", PlanOf(seed))}\n{e}");
            }
        }
    }

    [Fact]
    public void The_plans_reach_what_matters()
    {
        var steps = Enumerable.Range(0, Plans).SelectMany(PlanOf).ToList();
        Assert.Contains(steps, s => s is Step.Set { By.Days: >= 300, Restart: false });
        Assert.Contains(steps, s => s is Step.Set { By.Days: >= 300, Restart: true });
        Assert.Contains(steps, s => s is Step.Set { By.TotalHours: < -1 });
        Assert.Contains(steps, s => s is Step.Set { By.TotalSeconds: < 0 and > -30 });
        Assert.Contains(steps, s => s is Step.Correct { Restart: true });
        Assert.Contains(steps, s => s is Step.Correct { Restart: false });
        Assert.Contains(steps, s => s is Step.Sleep { Restart: true });
        Assert.Contains(steps, s => s is Step.Sleep { Restart: false, Time.TotalHours: > 24 });
        Assert.Contains(steps, s => s is Step.Toggle);
        Assert.Contains(steps, s => s is Step.Hold);

        // a window is made while the clock is wrong
        Assert.Contains(Enumerable.Range(0, Plans), seed => PlanOf(seed).SkipWhile(s => s is not Step.Set).Skip(1).TakeWhile(s => s is not Step.Correct).Any(s => s is Step.Make));
    }

    private static List<Step> PlanOf(int seed)
    {
        var gen = new Dice((ulong)seed);
        List<Step> steps = [new Step.Make(gen.Of(Schedules)), new Step.Make(gen.Of(Schedules))];
        for (var i = 0; i < 14; i++)
        {
            var restart = gen.Percent(30);
            steps.Add(gen.Next(16) switch
            {
                <= 4 => new Step.Pass(Duration.FromSeconds(30 + gen.Next(4 * 3600))),
                5 => new Step.Sleep(gen.Of([Duration.FromMinutes(10), Duration.FromHours(3), Duration.FromHours(30)]), restart),
                <= 8 => new Step.Set(gen.Of(Forward), restart),
                <= 10 => new Step.Set(-gen.Of(Backward), restart),
                <= 12 => new Step.Correct(restart),
                13 => new Step.Make(gen.Of(Schedules)),
                14 => new Step.Toggle(gen.Next(3)),
                _ => new Step.Hold(gen.Next(3)),
            });
        }

        return steps;
    }

    private static readonly Duration[] Forward =
    [
        Duration.FromSeconds(10), Duration.FromSeconds(25), Duration.FromMinutes(5), Duration.FromHours(1), Duration.FromHours(7), Duration.FromDays(3),
        Duration.FromDays(365),
    ];

    // rows of a hundred occurrences are kept, so that a clock far behind may come to forget some
    private static readonly Duration[] Backward =
        [Duration.FromSeconds(10), Duration.FromSeconds(25), Duration.FromMinutes(5), Duration.FromMinutes(40), Duration.FromHours(5)];

    /// <summary>One plan on one server, with the right time beside what the clock says.</summary>
    private sealed class Course : IDisposable
    {
        private static readonly Instant Start = Instant.FromUtc(2026, 3, 28, 10, 0);
        private readonly EngineHost _host = new(new SteppedTimeProvider(Start));
        private readonly List<string> _windows = [];

        // from when on the right clock says what a window owes; none while it is disabled, or was set by a wrong clock
        private readonly Dictionary<string, Instant> _owes = new(StringComparer.Ordinal);
        private readonly Dictionary<(string Window, Instant At), string> _opened = [];
        private readonly HashSet<(string Window, Instant At)> _due = [];
        private readonly HashSet<string> _held = new(StringComparer.Ordinal);
        private Instant _right = Start;

        public async Task Run(List<Step> plan)
        {
            foreach (var step in plan)
            {
                await Take(step);
            }

            await Take(new Step.Correct(false));
            _held.Clear();
            await Look();
            Assert.All(_due, due => Assert.Contains(_host.History(due.Window), row => row.At == due.At));
            await OpenNext();
            Assert.Null(_host.Database.Read(AuditTrail.FirstBroken));
        }

        public void Dispose() => _host.Dispose();

        private async Task Take(Step step)
        {
            switch (step)
            {
                case Step.Pass(var time):
                    await Pass(time);
                    break;
                case Step.Sleep(var time, var restart):
                    var before = _right;
                    _right += time;
                    await Set(time, restart);
                    Owe(before, _right);
                    break;
                case Step.Set(var by, var restart):
                    // what a clock behind has withdrawn comes back when it is right, unless a year of other rows comes in between
                    if (_host.Time.Now < _right && by > Duration.FromDays(1))
                    {
                        await Set(_right - _host.Time.Now, false);
                    }

                    // no further behind than a hundred rows of the busiest window reach back
                    var error = _host.Time.Now + by - _right;
                    await Set(error < -Duration.FromHours(10) ? Duration.Zero : by, restart);
                    break;
                case Step.Correct(var restart):
                    await Set(_right - _host.Time.Now, restart);
                    break;
                case Step.Make(var schedule):
                    _windows.Add(await _host.Window(schedule, "Europe/Berlin", 1, 0));
                    await Look();
                    break;
                case Step.Toggle(var index) when index < _windows.Count:
                    var enabled = _host.Stored(_windows[index]).Enabled;
                    _owes.Remove(_windows[index]);
                    await _host.Run(new UpdateMaintenanceWindow(), new() { WindowId = _windows[index], Enabled = !enabled });
                    await Look();
                    break;
                case Step.Hold(var index) when index < _windows.Count:
                    _ = _held.Add(_windows[index]) || _held.Remove(_windows[index]);
                    await Look();
                    break;
                default:
                    break;
            }
        }

        private async Task Pass(Duration time)
        {
            var end = _host.Time.Now + time;
            while (_host.Time.Now < end)
            {
                var next = _host.Database.Read(Storage.Windows.NextOpening) is { } ms ? Instant.FromUnixTimeMilliseconds(ms) : end;
                var step = (next < end && next > _host.Time.Now ? next : end) - _host.Time.Now;
                _host.Time.Run(step);
                _right += step;
                await Look();
                Owe(_right - step, _right);
            }
        }

        private async Task Set(Duration by, bool restart)
        {
            _host.Time.Set(by);
            if (restart)
            {
                _host.Restart();
            }

            await Look();
        }

        private async Task Look()
        {
            _host.Bells.HeldWindows.Clear();
            _host.Bells.HeldWindows.UnionWith(_held);
            await _host.Look();
            foreach (var window in _windows)
            {
                var rows = _host.History(window);
                foreach (var row in rows.Where(r => r.Opened))
                {
                    Assert.True(row.StartedAt >= row.At, $"{window} opened {row.At} at {row.StartedAt}");
                    _opened.TryAdd((window, row.At), row.ExecutionId);
                }

                var now = rows.Where(r => r.Opened).ToDictionary(r => r.At, r => r.ExecutionId);
                Assert.All(_opened.Where(o => o.Key.Window == window), o => Assert.Equal(o.Value, now[o.Key.At]));
                if (_host.Time.Now == _right && _host.Stored(window).Enabled)
                {
                    _owes.TryAdd(window, _right + Duration.FromSeconds(30));
                }
            }
        }

        private void Owe(Instant after, Instant until)
        {
            if (_host.Time.Now != _right)
            {
                return;
            }

            foreach (var (window, from) in _owes)
            {
                _due.UnionWith(ScheduleOf(window).Between(after + Duration.Epsilon, until + Duration.Epsilon).Where(o => o.Instant > from).Select(o => (window, o.Instant)));
            }
        }

        private async Task OpenNext()
        {
            var expected = new Dictionary<string, Instant>();
            foreach (var window in _windows.Where(w => _host.Stored(w).Enabled))
            {
                var next = ScheduleOf(window).Next(_right)!.Value.Instant;
                while (_opened.ContainsKey((window, next)))
                {
                    next = ScheduleOf(window).Next(next)!.Value.Instant;
                }

                expected.Add(window, next);
            }

            if (expected.Count == 0)
            {
                return;
            }

            // one that opened a year ahead may have taken a whole stretch with it
            await Pass(expected.Values.Max() - _right);
            Assert.All(expected, e =>
            {
                var row = Assert.Single(_host.History(e.Key), r => r.At == e.Value);
                Assert.True(row.Opened, $"{e.Key} did not open {e.Value}: {row.Details}");
                Assert.Equal(e.Value, row.StartedAt);
            });
        }

        private Schedules.WindowSchedule ScheduleOf(string window) => WindowTimes.TryOf(_host.Stored(window), _host.Backstage.Zones)!;
    }
}
