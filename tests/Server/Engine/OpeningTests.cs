using Casement.Server.Engine;
using Casement.Server.Tests.Windows;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>What a look at due windows makes of them, by rows alone.</summary>
public class OpeningTests : IAsyncDisposable
{
    private protected readonly WindowServer _server = new();

    [Fact]
    public async Task A_due_window_opens_once_at_its_instant_and_shows_its_next_one()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));

        Assert.Single(await Open());
        Assert.Empty(await Open());

        var execution = Assert.Single(History(window));
        Assert.Equal("PENDING", execution.Status);
        Assert.Equal(Due(window).ToUnixTimeMilliseconds(), execution.StartMs);
        Assert.Equal(Due(window) + Duration.FromHours(1), Instant.FromUnixTimeMilliseconds(Stored(window).NextMs!.Value));
    }

    [Fact]
    public async Task The_same_occurrence_cannot_be_opened_again_even_if_the_window_says_it_is_due()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        await Open();
        await End(window);

        await _server.Database.Write(tx => Storage.Windows.SetNext(tx, _server.Scope, window, Due(window).ToUnixTimeMilliseconds()));
        Assert.Empty(await Open());

        Assert.Single(History(window));
    }

    [Fact]
    public async Task An_occurrence_that_meets_an_unfinished_run_is_a_row_that_names_it()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        var first = Assert.Single(await Open());
        var second = Due(window) + Duration.FromHours(1);
        await MoveTo(second);

        Assert.Empty(await Open());

        var skipped = History(window)[0];
        Assert.Equal("SKIPPED_OVERLAPPING", skipped.Status);
        Assert.Equal($"The previous execution {first} had not ended.", skipped.Details);
        Assert.Equal(second.ToUnixTimeMilliseconds(), skipped.StartMs);
        Assert.Equal(skipped.StartMs, skipped.EndMs);
    }

    [Fact]
    public async Task After_a_night_down_the_latest_occurrence_that_can_still_work_opens_late_and_the_others_say_why_not()
    {
        var window = await Window("rate(1 hour)");
        var first = Due(window);
        await MoveTo(first + Duration.FromHours(10) + Duration.FromMinutes(20));

        Assert.Single(await Open());

        var rows = History(window);
        Assert.Equal(11, rows.Count);
        Assert.Equal("PENDING", rows[0].Status);
        Assert.StartsWith("Opened PT20M late: ", rows[0].Details, StringComparison.Ordinal);
        Assert.All(rows.Skip(1), row =>
        {
            Assert.Equal("TIMED_OUT", row.Status);
            Assert.Equal("Casement was not running between the start and the cutoff of this occurrence.", row.Details);
        });
        var stored = _server.Database.Read(tx => Storage.Executions.Load(tx, rows[0].ExecutionId))!;
        Assert.Equal(first + Duration.FromHours(10), stored.State.Occurrence.At);
        Assert.Equal(first + Duration.FromHours(11), stored.State.Occurrence.CutoffAt);
    }

    [Fact]
    public async Task Nothing_opens_late_when_every_cutoff_has_passed()
    {
        var window = await Window("cron(0 12 * * ? *)");
        await MoveTo(Due(window) + Duration.FromHours(1));

        Assert.Empty(await Open());

        Assert.Equal("TIMED_OUT", Assert.Single(History(window)).Status);
    }

    [Fact]
    public async Task A_month_of_missed_occurrences_leaves_a_hundred_rows_and_a_count_in_the_trail()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window) + Duration.FromHours(500));

        await Open();

        Assert.Equal(101, History(window).Count);
        var trail = _server.Database.Read(tx => tx.One("SELECT doc FROM audit WHERE action='casement:MissOccurrences'", r => r.Text(0)));
        Assert.Equal("""{"missed":400}""", trail);
        Assert.Null(_server.Database.Read(AuditTrail.FirstBroken));
    }

    [Fact]
    public async Task A_window_disabled_before_its_instant_does_not_open()
    {
        var window = await Window("rate(1 hour)");
        var due = Due(window);
        await _server.Run(new Casement.Server.Ssm.Windows.UpdateMaintenanceWindow(), new() { WindowId = window, Enabled = false });
        await MoveTo(due);

        Assert.Empty(await Open());

        Assert.Empty(History(window));
    }

    [Fact]
    public async Task The_sixth_run_under_AWSs_quotas_waits_and_is_released_when_one_ends()
    {
        using var server = new WindowServer(Quotas.Aws);
        for (var i = 0; i < 6; i++)
        {
            await server.Run(new Casement.Server.Ssm.Windows.CreateMaintenanceWindow(), Request("rate(1 hour)"));
        }

        server.Time.MoveTo(server.Time.GetUtcNow().AddHours(1));
        var opened = (await server.Database.Write(tx => WindowOpenings.OpenDue(tx, server.Backstage, server.Backstage.Clock.Now))).Opened;

        Assert.Equal(6, opened.Count);
        var (active, waiting) = server.Database.Read(tx => Storage.Executions.Load(tx, server.Scope));
        Assert.Equal(5, active);
        var queued = Assert.Single(waiting).ExecutionId;

        await new ExecutionRunner(server.Backstage).Advance(opened.First(id => id != queued));
        Assert.Contains(queued, server.ExecutionBells);
        await new ExecutionRunner(server.Backstage).Advance(queued);
        Assert.Equal("SUCCESS", server.Database.Read(tx => ExecutionHistory.Find(tx, server.Scope, queued))!.Status);
    }

    [Fact]
    public async Task A_decision_made_before_a_command_ended_does_not_put_its_wake_up_off()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        var execution = Assert.Single(await Open());
        var read = _server.Database.Read(tx => Storage.Executions.Load(tx, execution))!;
        var now = _server.Backstage.Clock.NowMs;
        await _server.Database.Write(tx =>
        {
            tx.Execute(
                "INSERT INTO invocations(task_execution_id, invocation_id, execution_id, ordinal, status, doc) VALUES('t', 'i', $1, 0, 'IN_PROGRESS', '{}')", execution);
            Assert.Equal(execution, Storage.Commands.WakeExecution(tx, "i", now));
        });

        Assert.False(await _server.Database.Write(tx => Storage.Executions.Save(tx, read, read.State, now + 3_600_000)));
        Assert.Equal(now, _server.Database.Read(Storage.Executions.NextWake));
    }

    [Fact]
    public async Task Runs_that_waited_for_a_quota_go_on_after_a_start_without_it()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        var waiting = Assert.Single(await Open());
        await _server.Database.Write(tx => tx.Execute("UPDATE executions SET queued=1, wake_ms=NULL WHERE execution_id=$1", waiting));

        await _server.Database.Write(new ExecutionRunner(_server.Backstage).ReleaseWaiting);

        Assert.Equal([waiting], _server.ExecutionBells);
        await new ExecutionRunner(_server.Backstage).Advance(waiting);
        Assert.Equal("SUCCESS", Assert.Single(History(window)).Status);
    }

    [Fact]
    public async Task A_window_without_tasks_ends_at_once_and_says_so()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));

        await new ExecutionRunner(_server.Backstage).Advance(Assert.Single(await Open()));

        var execution = Assert.Single(History(window));
        Assert.Equal(("SUCCESS", "No tasks to execute."), (execution.Status, execution.Details));
        Assert.Empty(_server.Database.Read(tx => Storage.Executions.Due(tx, long.MaxValue, 10)));
    }

    [Fact]
    public async Task A_window_without_tasks_that_opens_late_says_both()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window) + Duration.FromMinutes(20));

        await new ExecutionRunner(_server.Backstage).Advance(Assert.Single(await Open()));

        var execution = Assert.Single(History(window));
        Assert.Equal("SUCCESS", execution.Status);
        Assert.StartsWith("No tasks to execute. Opened PT20M late: Casement was not running", execution.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_removes_what_ended_long_ago_and_nothing_that_has_not_ended()
    {
        var old = await Window("rate(1 hour)");
        await MoveTo(Due(old));
        await Open();
        await End(old);
        var running = await Window("rate(24 hours)");
        await MoveTo(Due(running));
        await Open();
        var cutoff = _server.Backstage.Clock.NowMs + 1;

        while (await _server.Database.Write(tx => Retention.RemoveSome(tx, cutoff, _server.Backstage.Clock.NowMs)) > 0)
        {
        }

        Assert.DoesNotContain(History(old), e => e.Status == "SUCCESS");
        Assert.Equal("PENDING", Assert.Single(History(running)).Status);
        Assert.Null(_server.Database.Read(AuditTrail.FirstBroken));
        Assert.Equal(0, _server.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE doc IS NOT NULL")));
    }

    [Fact]
    public async Task A_window_that_cannot_be_opened_holds_up_no_other_and_is_tried_again_a_minute_later()
    {
        var broken = await Window("rate(1 hour)");
        var sound = await Window("rate(1 hour)");
        var (due, doc) = (Due(broken), _server.Database.Read(tx => tx.One("SELECT doc FROM windows WHERE window_id=$1", r => r.Text(0), broken)));
        await _server.Database.Write(tx => tx.Execute("UPDATE windows SET doc='{' WHERE window_id=$1", broken));
        await MoveTo(due);

        var (opened, _, failed) = await _server.Database.Write(tx => WindowOpenings.OpenDue(tx, _server.Backstage, _server.Backstage.Clock.Now));
        Assert.Single(opened);
        Assert.Equal(broken, Assert.Single(failed).WindowId);
        Assert.Single(History(sound));
        Assert.Empty(History(broken));

        // not in a hot loop, and not for ever
        Assert.Empty((await _server.Database.Write(tx => WindowOpenings.OpenDue(tx, _server.Backstage, _server.Backstage.Clock.Now))).Failed);
        Assert.Equal(due + Duration.FromMinutes(1), Instant.FromUnixTimeMilliseconds(_server.Database.Read(Storage.Windows.NextOpening)!.Value));
        await _server.Database.Write(tx => tx.Execute("UPDATE windows SET doc=$2 WHERE window_id=$1", broken, doc));
        await MoveTo(due + Duration.FromMinutes(1));
        var late = Assert.Single(await Open());
        Assert.Equal(due, _server.Database.Read(tx => Storage.Executions.Load(tx, late))!.State.Occurrence.At);
    }

    [Fact]
    public async Task A_change_of_a_window_that_could_not_be_opened_lets_it_be_tried_at_once()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        await _server.Database.Write(tx => Storage.Windows.Hold(tx, _server.Scope, window, Due(window).ToUnixTimeMilliseconds() + 60_000));
        Assert.Empty(await Open());

        await _server.Run(new Casement.Server.Ssm.Windows.UpdateMaintenanceWindow(), new() { WindowId = window, Description = "changed" });

        Assert.Single(await Open());
    }

    [Fact]
    public async Task New_zone_data_is_adopted_once_and_what_is_due_stays_due()
    {
        var window = await Window("cron(0 12 * * ? *)");
        var now = _server.Backstage.Clock.Now;
        var wrong = (now + Duration.FromDays(3)).ToUnixTimeMilliseconds();
        await _server.Database.Write(tx => Storage.Windows.SetNext(tx, _server.Scope, window, wrong));

        Assert.Equal(1, await _server.Database.Write(tx => ZoneData.Adopt(tx, DateTimeZoneProviders.Tzdb, now)));
        Assert.NotEqual(wrong, Stored(window).NextMs);
        Assert.Equal(0, await _server.Database.Write(tx => ZoneData.Adopt(tx, DateTimeZoneProviders.Tzdb, now)));
    }

    public ValueTask DisposeAsync()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _server.Dispose();
        }
    }

    private static Casement.Server.Ssm.Windows.CreateMaintenanceWindow.Request Request(string schedule) =>
        new() { Name = "night", Schedule = schedule, Duration = 1, Cutoff = 0, AllowUnassociatedTargets = true };

    private protected async Task<string> Window(string schedule) =>
        (await _server.Run(new Casement.Server.Ssm.Windows.CreateMaintenanceWindow(), Request(schedule))).WindowId!;

    private protected WindowRow Stored(string window) => _server.Database.Read(tx => Storage.Windows.Find(tx, _server.Scope, window))!;

    private readonly Dictionary<string, Instant> _firstDue = new(StringComparer.Ordinal);

    // the first due instant of a window, remembered over the openings that move it on
    private protected Instant Due(string window)
    {
        if (!_firstDue.TryGetValue(window, out var due))
        {
            due = Instant.FromUnixTimeMilliseconds(Stored(window).NextMs!.Value);
            _firstDue.Add(window, due);
        }

        return due;
    }

    private protected Task MoveTo(Instant to)
    {
        _server.Time.MoveTo(to.ToDateTimeOffset());
        return Task.CompletedTask;
    }

    private protected virtual async Task<List<string>> Open() =>
        (await _server.Database.Write(tx => WindowOpenings.OpenDue(tx, _server.Backstage, _server.Backstage.Clock.Now))).Opened;

    private Task End(string window) => new ExecutionRunner(_server.Backstage).Advance(History(window)[0].ExecutionId);

    private protected List<ExecutionView> History(string window) =>
        _server.Database.Read(tx => ExecutionHistory.Of(tx, _server.Scope, window, null, null, null, null, 1000));
}
