using Casement.Storage;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>A wall clock that somebody sets: whatever it said, nothing opens twice, and once it is right again windows open at their instants.</summary>
public sealed class ClockStepTests : IDisposable
{
    private static readonly Duration Year = Duration.FromDays(365);
    private static readonly Instant Noon = Instant.FromUtc(2026, 3, 2, 12, 0);
    private readonly EngineHost _host = EngineHost.Stepped();

    public void Dispose() => _host.Dispose();

    // opens at 12:00, cutoff 13:00, end 14:00
    [Theory]
    [InlineData("10:30", 1, false)]
    [InlineData("10:30", 1, true)]
    [InlineData("11:30", 1, false)]
    [InlineData("11:30", 1, true)]
    [InlineData("11:30", 2, false)]
    [InlineData("11:30", 2, true)]
    [InlineData("12:10", 1, false)]
    [InlineData("12:10", 1, true)]
    [InlineData("12:55", 1, false)]
    [InlineData("13:30", 1, true)]
    [InlineData("13:30", 23, false)]
    [InlineData("13:30", 23, true)]
    public async Task A_clock_set_forward_and_back_opens_each_occurrence_once(string at, int hours, bool restart)
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        await _host.Pass(Instant.FromDateTimeOffset(DateTimeOffset.Parse($"2026-03-02T{at}Z", null)) - _host.Time.Now);

        await Set(Duration.FromHours(hours), restart);
        await _host.Pass(Duration.FromMinutes(3));
        await Set(-Duration.FromHours(hours), restart);
        await _host.Pass(Noon + Duration.FromDays(2) + Duration.FromHours(3) - _host.Time.Now);

        var rows = _host.History(window);
        Assert.Equal([Noon, Noon + Duration.FromDays(1), Noon + Duration.FromDays(2)], rows.Select(r => r.At));
        Assert.All(rows, r => Assert.True(r.Opened, r.Details));

        // what had not been opened while the clock was wrong opened at its instant
        Assert.Equal(rows[2].At, rows[2].StartedAt);
        if (at == "10:30" || hours == 2)
        {
            Assert.Equal(rows[0].At, rows[0].StartedAt);
        }

        Assert.Null(_host.Database.Read(AuditTrail.FirstBroken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_was_a_year_ahead_keeps_no_window_shut(bool restart)
    {
        var hourly = await _host.Window("cron(0 * * * ? *)", duration: 1, cutoff: 0);
        var daily = await _host.Window("cron(30 11 * * ? *)");
        var rate = await _host.Window("rate(90 minutes)", duration: 1, cutoff: 0);
        var once = await _host.Window("at(2026-03-02T15:00:00)");
        var before = new[] { hourly, daily, rate, once }.Select(w => _host.Next(w)).ToList();

        await Set(Year, restart);
        await _host.Pass(Duration.FromMinutes(5));
        Assert.Contains(_host.History(hourly), r => !r.Opened);
        Assert.Equal("TIMED_OUT", Assert.Single(_host.History(once)).Status);
        await Set(-Year, restart);

        // 10:05: what lies ahead is ahead again
        Assert.Equal(before, new[] { hourly, daily, rate, once }.Select(w => _host.Next(w)));
        Assert.All(_host.History(hourly), r => Assert.True(r.Opened));
        Assert.Empty(_host.History(once));
        Assert.Equal(4, _host.Corrections);

        await _host.Pass(Duration.FromHours(24));
        var until = _host.Time.Now;
        Assert.Equal(Every(Noon - Duration.FromHours(1), Duration.FromHours(1), until), OnTime(hourly, until));
        Assert.Equal([Noon - Duration.FromMinutes(30)], OnTime(daily, until));
        Assert.Equal(Every(before[2]!.Value, Duration.FromMinutes(90), until), OnTime(rate, until));
        Assert.Equal([Noon + Duration.FromHours(3)], OnTime(once, until));
        Assert.Null(_host.Database.Read(AuditTrail.FirstBroken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_that_was_a_year_behind_changes_no_instant(bool restart)
    {
        var hourly = await _host.Window("cron(0 * * * ? *)", duration: 1, cutoff: 0);
        var rate = await _host.Window("rate(90 minutes)", duration: 1, cutoff: 0);
        var first = _host.Next(rate)!.Value;
        await _host.Pass(Duration.FromHours(4));

        await Set(-Year, restart);
        await _host.Pass(Duration.FromMinutes(5));
        await Set(Year, restart);
        await _host.Pass(Duration.FromHours(6));

        var until = _host.Time.Now;
        Assert.Equal(Every(Noon - Duration.FromHours(1), Duration.FromHours(1), until), OnTime(hourly, until, Noon - Duration.FromHours(2)));
        Assert.Equal(Every(first, Duration.FromMinutes(90), until), OnTime(rate, until, first));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_window_made_while_the_clock_was_ahead_opens_by_the_right_one(bool restart)
    {
        await _host.Look();
        _host.Time.Set(Year);
        var daily = await _host.Window("cron(0 12 * * ? *)");
        var rate = await _host.Window("rate(1 hour)", duration: 1, cutoff: 0);
        var phase = _host.Next(rate)!.Value;
        await Set(-Year, restart);

        Assert.Equal(Noon, _host.Next(daily));
        Assert.Equal(Duration.Zero, Modulo(phase - _host.Next(rate)!.Value, Duration.FromHours(1)));
        Assert.InRange(_host.Next(rate)!.Value, _host.Time.Now, _host.Time.Now + Duration.FromHours(1));
        await _host.Pass(Duration.FromHours(3));
        Assert.Equal([Noon], OnTime(daily, _host.Time.Now));
        Assert.Equal(3, OnTime(rate, _host.Time.Now).Count);
    }

    [Fact]
    public async Task Rows_of_a_disabled_window_are_withdrawn_too()
    {
        var window = await _host.Window("cron(0 12 * * ? *)", duration: 1, cutoff: 0);
        await Set(Year, false);
        await _host.Run(new Casement.Server.Ssm.Windows.UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = false });
        await Set(-Year, false);
        Assert.DoesNotContain(_host.History(window), r => !r.Opened);
        Assert.Null(_host.Next(window));

        await _host.Run(new Casement.Server.Ssm.Windows.UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = true });
        await _host.Pass(Duration.FromHours(3));
        Assert.Equal([Noon], OnTime(window, _host.Time.Now));
    }

    [Fact]
    public async Task An_occurrence_skipped_for_a_run_ahead_of_time_opens_at_its_own_instant()
    {
        var window = await _host.Window("cron(0 * * * ? *)", duration: 1, cutoff: 0);
        await _host.Pass(Duration.FromMinutes(50));
        _host.Bells.HeldWindows.Add(window);

        // 11:50 and 12:50 by the wrong clock: the run of 11:00 goes on, 12:00 is skipped
        await Set(Duration.FromHours(1), false);
        await _host.Pass(Duration.FromMinutes(20));
        Assert.Equal("SKIPPED_OVERLAPPING", _host.History(window)[^1].Status);
        await Set(-Duration.FromHours(1), false);
        _host.Bells.HeldWindows.Clear();
        await _host.Pass(Duration.FromHours(1));

        Assert.Equal([Noon - Duration.FromHours(1), Noon], _host.Opened(window));
        Assert.Equal(Noon, _host.History(window)[^1].StartedAt);
    }

    [Theory]
    [InlineData(5, 20)]
    [InlineData(5, 1)]
    [InlineData(-10, 25)]
    [InlineData(0, 29)]
    public async Task A_small_step_back_is_waited_for_and_shows_nowhere(int secondsAfterNoon, int step)
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        var other = await _host.Window("cron(10 0 12 * * ? *)");
        await _host.Pass(Noon + Duration.FromSeconds(secondsAfterNoon) - _host.Time.Now);
        var rows = _host.History(window);

        await Set(-Duration.FromSeconds(step), false);
        Assert.Equal(rows, _host.History(window));
        await _host.Pass(Duration.FromMinutes(2));

        Assert.Equal([Noon], _host.Opened(window));
        Assert.Equal([Noon + Duration.FromSeconds(10)], _host.Opened(other));
        Assert.Equal(0, _host.Corrections);
    }

    [Fact]
    public async Task A_step_forward_and_back_by_seconds_opens_once()
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        await _host.Pass(Noon - Duration.FromSeconds(10) - _host.Time.Now);
        await Set(Duration.FromSeconds(15), false);
        await Set(-Duration.FromSeconds(15), false);
        await _host.Pass(Duration.FromDays(1));

        Assert.Equal([Noon], _host.Opened(window));
        Assert.Equal(Noon + Duration.FromDays(1), _host.Next(window));
    }

    [Fact]
    public async Task More_windows_than_one_unit_of_work_takes_are_corrected_all()
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        var row = _host.Stored(window);
        await _host.Database.Write(tx =>
        {
            for (var i = 0; i < 1100; i++)
            {
                Storage.Windows.Insert(tx, _host.Scope, row with { WindowId = $"mw-{i:x17}" });
            }
        });
        await Set(Duration.FromDays(3), false);
        await Set(-Duration.FromDays(3), true);

        Assert.Equal(1101, _host.Database.Read(tx => tx.Count("SELECT count(*) FROM windows WHERE next_ms=$1", Noon.ToUnixTimeMilliseconds())));
        Assert.Equal(0, _host.Database.Read(tx => tx.Count("SELECT count(*) FROM executions WHERE status='TIMED_OUT'")));
        Assert.Equal(1101, _host.Corrections);
        Assert.Equal(_host.Time.Now.ToUnixTimeMilliseconds(), _host.Database.Read(ClockMarks.Read));
    }

    [Fact]
    public async Task A_window_that_cannot_be_read_keeps_no_other_from_being_corrected()
    {
        var broken = await _host.Window("cron(0 12 * * ? *)");
        var sound = await _host.Window("cron(0 12 * * ? *)");
        await Set(Year, false);
        await _host.Database.Write(tx => tx.Execute("UPDATE windows SET doc='{' WHERE window_id=$1", broken));
        await Set(-Year, false);

        Assert.Equal(Noon, _host.Next(sound));
    }

    private async Task Set(Duration by, bool restart)
    {
        if (restart)
        {
            await _host.Look();
        }

        _host.Time.Set(by);
        if (restart)
        {
            _host.Restart();
        }

        await _host.Look();
    }

    private static List<Instant> Every(Instant first, Duration interval, Instant until)
    {
        var instants = new List<Instant>();
        for (var at = first; at <= until; at += interval)
        {
            instants.Add(at);
        }

        return instants;
    }

    // those that opened, up to an instant; rows beyond are of a clock that was ahead
    private List<Instant> OnTime(string window, Instant until, Instant? from = null) =>
        [.. _host.History(window).Where(r => r.Opened && r.At <= until && r.At >= (from ?? Instant.MinValue)).Select(r => r.At)];

    private static Duration Modulo(Duration value, Duration by) => Duration.FromTicks(value.TotalTicks % by.TotalTicks);
}
