using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>What is removed cannot be brought back: a clock that is wrong for a while removes next to nothing.</summary>
public sealed class RetentionClockTests : IDisposable
{
    private static readonly Duration Hour = Duration.FromHours(1);
    private readonly EngineHost _host = EngineHost.Stepped();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_a_year_ahead_for_a_day_removes_no_history(bool restart)
    {
        var window = await Ran();
        await Sweep();
        _host.Time.Set(Duration.FromDays(365));
        for (var hour = 0; hour < 24; hour++)
        {
            await Sweep();
            _host.Time.Run(Hour);
            if (restart && hour % 5 == 0)
            {
                _host.Restart();
            }
        }

        Assert.Single(_host.History(window), r => r.Status == "SUCCESS");
        Assert.Equal(0, _host.Database.Read(tx => tx.Count("SELECT count(*) FROM audit WHERE doc IS NULL AND action='ssm:CreateMaintenanceWindow'")));
        _host.Time.Set(-Duration.FromDays(365));
        await Sweep();
        Assert.Single(_host.History(window), r => r.Status == "SUCCESS");
    }

    [Fact]
    public async Task What_is_older_than_the_retention_goes_and_what_is_younger_stays()
    {
        var window = await Ran();
        await Sweep();
        for (var hour = 0; hour < 30 * 24; hour += 6)
        {
            Assert.Single(_host.History(window));
            _host.Time.Run(6 * Hour);
            await Sweep();
        }

        _host.Time.Run(3 * Hour);
        await Sweep();
        Assert.Empty(_host.History(window));
    }

    [Fact]
    public async Task A_server_that_stood_still_for_long_catches_up_while_it_runs()
    {
        var window = await Ran();
        await Sweep();
        _host.Time.Set(Duration.FromDays(40));
        _host.Restart();
        await Sweep();
        Assert.Single(_host.History(window));

        // thirty of the forty days make it old enough
        for (var day = 0; day < 30 / 4; day++)
        {
            Assert.Single(_host.History(window));
            _host.Time.Run(24 * Hour);
            await Sweep();
        }

        _host.Time.Run(24 * Hour);
        await Sweep();
        Assert.Empty(_host.History(window));
    }

    [Fact]
    public async Task The_first_sweep_of_an_older_database_goes_by_its_audit_trail()
    {
        var window = await Ran();
        _host.Time.Set(Duration.FromDays(365));
        await Sweep();
        Assert.Single(_host.History(window));
    }

    private async Task<string> Ran()
    {
        var window = await _host.Window("at(2026-03-02T10:01:00)");
        await _host.Pass(Duration.FromMinutes(2));
        Assert.Equal("SUCCESS", Assert.Single(_host.History(window)).Status);
        return window;
    }

    private Task<long> Sweep() => _host.Retention.Sweep(TestContext.Current.CancellationToken);
}
