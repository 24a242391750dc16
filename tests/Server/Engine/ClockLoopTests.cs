using Casement.Server.Engine;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>The loops that sleep and look, on a machine whose time the test moves.</summary>
public sealed class ClockLoopTests : IDisposable
{
    private readonly EngineHost _host = EngineHost.Stepped();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_machine_that_slept_over_an_opening_notices_within_half_a_minute()
    {
        var window = await _host.Window("cron(0 12 * * ? *)", duration: 4);
        await _host.Windows.StartAsync(TestContext.Current.CancellationToken);
        await Asleep();

        // no timer fires in a machine that sleeps
        _host.Time.Set(Duration.FromHours(3));
        Assert.Empty(_host.History(window));
        _host.Time.Run(Duration.FromSeconds(30));
        await _host.Bells.Rung.Task.WaitAsync(TestContext.Current.CancellationToken);

        var late = Assert.Single(_host.History(window));
        Assert.Equal((true, late.At + Duration.FromHours(1) + Duration.FromSeconds(30)), (late.Opened, late.StartedAt));
        await _host.Windows.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clock_set_back_is_noticed_within_half_a_minute()
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        _host.Time.Set(Duration.FromDays(30));
        await _host.Windows.StartAsync(TestContext.Current.CancellationToken);
        await Asleep();
        Assert.NotEmpty(_host.History(window));
        _host.Time.Set(-Duration.FromDays(30));
        _host.Time.Run(Duration.FromSeconds(30));
        await Asleep();

        Assert.Empty(_host.History(window));
        Assert.Equal(Instant.FromUtc(2026, 3, 2, 12, 0), _host.Next(window));
        await _host.Windows.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_decision_that_was_cancelled_ends_no_clock()
    {
        var window = await _host.Window("cron(0 12 * * ? *)");
        await _host.Windows.StartAsync(TestContext.Current.CancellationToken);
        await Asleep();
        _host.Bells.Fault = new OperationCanceledException("a call to a grain that stopped");
        _host.Time.Run(Duration.FromHours(2) + Duration.FromSeconds(1));
        await Asleep();
        _host.Time.Run(Duration.FromSeconds(2));
        await _host.Bells.Rung.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(Assert.Single(_host.History(window)).Opened);
        Assert.False(_host.Windows.ExecuteTask!.IsCompleted);
        await _host.Windows.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_deadline_whose_turn_was_cancelled_is_tried_again()
    {
        var machine = await _host.Machine();
        var command = await _host.Send(machine, timeoutSeconds: 60);
        var bells = new CancelledOnce();
        var backstage = With(bells);
        using var clock = new CommandClock(backstage, Microsoft.Extensions.Logging.Abstractions.NullLogger<CommandClock>.Instance);
        _host.Time.Run(Duration.FromSeconds(61));

        await clock.Sweep();
        Assert.Equal(1, bells.Asked);
        await clock.Sweep();
        Assert.Equal("DeliveryTimedOut", await machine.StatusOf(command));
    }

    // the loop sleeps on its two clocks and its bell once both timers are there
    private async Task Asleep()
    {
        while (_host.Time.Sleeping < 2)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Backstage With(NodeBells bells) => new()
    {
        Clock = _host.Backstage.Clock,
        Zones = _host.Backstage.Zones,
        Database = _host.Database,
        Quotas = _host.Backstage.Quotas,
        Credentials = _host.Backstage.Credentials,
        Authorizer = _host.Backstage.Authorizer,
        PrincipalTags = _host.Backstage.PrincipalTags,
        Audit = _host.Backstage.Audit,
        Paging = _host.Backstage.Paging,
        Bells = _host.Backstage.Bells,
        Stepper = _host.Backstage.Stepper,
        NodeBells = bells,
    };

    private sealed class CancelledOnce : NodeBells
    {
        public int Asked { get; private set; }

        public override Task Enter(string nodeId, string pollId) => Task.CompletedTask;

        public override Task<PollEnd> Wait(string nodeId, string pollId, DateTimeOffset until) => Task.FromResult(PollEnd.Quiet);

        public override void Ring(string nodeId)
        {
        }

        public override Task Expire(Backstage backstage, string commandId) =>
            Asked++ == 0 ? Task.FromCanceled(new CancellationToken(true)) : CommandDeadlines.Apply(backstage, commandId);
    }
}
