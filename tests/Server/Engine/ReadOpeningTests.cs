using Casement.Server.Engine;
using Casement.Server.Ssm.Windows;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>All that is said of openings, when due windows are read beside the writer first, as the clock does it; and what comes in between.</summary>
public sealed class ReadOpeningTests : OpeningTests
{
    [Fact]
    public async Task A_window_that_was_read_opens_in_the_first_of_two_looks_only()
    {
        var window = await Window("rate(1 hour)");
        await MoveTo(Due(window));
        var (read, last) = Read();
        Assert.Null(last);

        Assert.Single(await OpenRead(read));
        Assert.Empty(await OpenRead(read));

        Assert.Single(History(window));
        Assert.Equal(Due(window) + Duration.FromHours(1), Instant.FromUnixTimeMilliseconds(Stored(window).NextMs!.Value));
    }

    [Fact]
    public async Task What_changed_since_it_was_read_is_not_opened_as_it_was()
    {
        var disabled = await Window("rate(1 hour)");
        var renamed = await Window("rate(1 hour)");
        var deleted = await Window("rate(1 hour)");
        await MoveTo(Due(renamed));
        var (read, _) = Read();
        Assert.Equal(3, read.Count);

        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = disabled, Enabled = false });
        await _server.Run(new UpdateMaintenanceWindow(), new() { WindowId = renamed, Description = "changed" });
        await _server.Run(new DeleteMaintenanceWindow(), new() { WindowId = deleted });
        Assert.Empty(await OpenRead(read));

        // what is disabled when it is due opens first, as it was; the next look finds what is still due
        Assert.Single(await Open());
        Assert.Single(History(disabled));
        Assert.Single(History(renamed));
        Assert.Empty(History(deleted));
    }

    [Fact]
    public async Task One_that_cannot_be_read_or_missed_more_than_one_is_left_to_the_other_way()
    {
        var broken = await Window("rate(1 hour)");
        var missed = await Window("rate(1 hour)");
        var sound = await Window("cron(0 13 * * ? *)");
        await _server.Database.Write(tx => tx.Execute("UPDATE windows SET doc='{' WHERE window_id=$1", broken));
        await MoveTo(Due(sound));

        Assert.Equal([sound], Read().Ready.Select(d => d.Window.WindowId));

        Assert.Equal(2, (await Open()).Count);
        Assert.Equal("TIMED_OUT", History(missed)[^1].Status);
        Assert.Single(History(sound));
    }

    [Fact]
    public async Task When_one_throws_none_is_opened_and_each_is_tried_for_itself()
    {
        var first = await Window("rate(1 hour)");
        var second = await Window("rate(1 hour)");
        await MoveTo(Due(first));
        var (read, _) = Read();

        // the second would be another execution of the first's id
        Assert.Empty(await OpenRead([read[0], read[1] with { Execution = Renamed(read[1].Execution, read[0].Execution.State.ExecutionId) }]));
        Assert.Empty(History(first));

        Assert.Equal(2, (await Open()).Count);
        Assert.Single(History(second));
    }

    private static NewExecution Renamed(NewExecution execution, string id) => NewExecution.Of(
        execution.Scope, execution.State with { ExecutionId = id }, "schedule:0", new ExecutionSnapshot(1, []), new Dictionary<string, TaskDefinition>(), null);

    private (List<DueWindow> Ready, (long NextMs, long Seq)? Last) Read() =>
        _server.Database.ReadConsistently(tx => WindowOpenings.ReadDue(tx, _server.Backstage, (0, 0), _server.Backstage.Clock.Now));

    private Task<List<string>> OpenRead(IReadOnlyList<DueWindow> read) =>
        _server.Database.Write(tx => WindowOpenings.OpenRead(tx, read, _server.Backstage.Clock.Now));

    private protected override async Task<List<string>> Open() => [.. await OpenRead(Read().Ready), .. await base.Open()];
}
