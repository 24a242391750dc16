using System.Security.Cryptography;
using Casement.Aws;
using Casement.Server.Iam;
using Casement.Server.Ssm.Commands;
using Casement.Server.Ssm.Nodes;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>What was under way while the clock was ahead: it keeps the time that it had left, and no more.</summary>
public sealed class ClockCommandTests : IDisposable
{
    private static readonly Duration Year = Duration.FromDays(365);
    private readonly EngineHost _host = EngineHost.Stepped();

    public void Dispose() => _host.Dispose();

    public static TheoryData<int, bool> Steps => new() { { 1, false }, { 1, true }, { 24 * 365, false }, { 24 * 365, true } };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_a_clock_set_forward_and_back_met_ends_with_its_result(bool restart)
    {
        var machine = await _host.Machine();
        var window = await _host.Window("cron(0 12 * * ? *)", duration: 4, cutoff: 0);
        await _host.Task(window, machine.Id, executionTimeout: "14400");
        await _host.Pass(Duration.FromMinutes(125));
        var message = Assert.Single(await machine.Take());

        await Set(Duration.FromHours(1), restart);
        await _host.Pass(Duration.FromMinutes(5));
        await Set(-Duration.FromHours(1), restart);
        await _host.Pass(Duration.FromMinutes(5));
        await machine.Reply(message);
        await _host.Look();

        Assert.Equal("SUCCESS", Assert.Single(_host.History(window)).Status);
        Assert.Equal(0, machine.Waiting);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_command_sent_while_the_clock_was_ahead_reaches_its_node_at_once(int hours, bool restart)
    {
        var machine = await _host.Machine();
        await Set(Duration.FromHours(hours), restart);
        var command = await _host.Send(machine);
        await Set(-Duration.FromHours(hours), restart);

        await machine.Reply(Assert.Single(await machine.Take()));
        Assert.Equal("Success", await machine.StatusOf(command));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_message_handed_out_while_the_clock_was_ahead_comes_again_within_a_minute(int hours, bool restart)
    {
        var machine = await _host.Machine();
        await Set(Duration.FromHours(hours), restart);
        await _host.Send(machine);
        var first = Assert.Single(await machine.Fetch());
        await Set(-Duration.FromHours(hours), restart);

        await _host.Pass(Duration.FromSeconds(61));
        Assert.Equal(first, Assert.Single(await machine.Fetch()));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_silent_node_is_given_up_after_the_time_that_was_left(int hours, bool restart)
    {
        var machine = await _host.Machine();
        await Set(Duration.FromHours(hours), restart);
        var fetched = await _host.Send(machine, executionTimeout: "3600");
        await machine.Take();
        var waiting = await _host.Send(machine, timeoutSeconds: 1800);
        await _host.Pass(Duration.FromMinutes(10));
        await Set(-Duration.FromHours(hours), restart);

        await _host.Pass(Duration.FromMinutes(19));
        Assert.Equal("Delayed", await machine.StatusOf(waiting));
        await _host.Pass(Duration.FromMinutes(2));
        Assert.Equal("DeliveryTimedOut", await machine.StatusOf(waiting));
        await _host.Pass(Duration.FromMinutes(29));
        Assert.Equal("InProgress", await machine.StatusOf(fetched));
        await _host.Pass(Duration.FromMinutes(2));
        Assert.Equal("ExecutionTimedOut", await machine.StatusOf(fetched));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_cancelled_node_that_says_nothing_is_given_up_within_a_minute(int hours, bool restart)
    {
        var machine = await _host.Machine();
        var command = await _host.Send(machine);
        await machine.Take();
        await Set(Duration.FromHours(hours), restart);
        if (hours > 2)
        {
            // its own time ended a year too early, and that cannot be taken back
            Assert.Equal("ExecutionTimedOut", await machine.StatusOf(command));
            return;
        }

        await _host.Run(new CancelCommand(), new CancelCommand.Request { CommandId = command });
        await Set(-Duration.FromHours(hours), restart);
        await _host.Pass(Duration.FromSeconds(61));
        Assert.Equal("Cancelled", await machine.StatusOf(command));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_run_that_opened_ahead_of_time_ends_by_its_cutoff_and_the_window_goes_on(int hours, bool restart)
    {
        var machine = await _host.Machine();
        var window = await _host.Window(hours == 1 ? "cron(30 11 * * ? *)" : "cron(30 10 * * ? *)", duration: 2, cutoff: 1);
        await _host.Task(window, machine.Id, executionTimeout: "86400");
        await Set(Duration.FromHours(hours), restart);
        await _host.Pass(Duration.FromMinutes(35));
        await Set(-Duration.FromHours(hours), restart);
        var ahead = Assert.Single(_host.History(window), r => r.Opened);

        // 10:35, five minutes after it opened; the cutoff is an hour after the opening
        await _host.Pass(Duration.FromMinutes(50));
        Assert.Equal("IN_PROGRESS", _host.History(window).Single(r => r.ExecutionId == ahead.ExecutionId).Status);
        await _host.Pass(Duration.FromMinutes(20));
        Assert.Equal("TIMED_OUT", _host.History(window).Single(r => r.ExecutionId == ahead.ExecutionId).Status);

        await _host.Pass(Duration.FromHours(24));
        Assert.Single(_host.History(window), r => r.Opened && r.At > _host.Time.Now - Duration.FromHours(3) && r.StartedAt == r.At && r.At <= _host.Time.Now);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_made_while_the_clock_was_ahead_lives_no_longer_than_a_day(bool restart)
    {
        await Set(Year, restart);
        var activation = await _host.Run(new CreateActivation(), new() { IamRole = FirstRoles.NodeRole, RegistrationLimit = 2 });
        await Set(-Year, restart);
        using var early = RSA.Create(2048);
        using var late = RSA.Create(2048);

        Assert.StartsWith("mi-", (await _host.Register(activation, early)).InstanceId, StringComparison.Ordinal);
        await _host.Pass(Duration.FromHours(25));
        Assert.Equal("ActivationExpired", (await Assert.ThrowsAsync<AwsException>(() => _host.Register(activation, late))).Code);
    }

    [Fact]
    public async Task A_node_heard_of_by_a_clock_that_was_ahead_is_not_online_for_a_year()
    {
        var machine = await _host.Machine();
        _host.Time.Set(Year);
        _host.Backstage.Contacts.Touch(machine.Id, _host.Backstage.Clock.RealNow);
        await _host.Backstage.Contacts.Flush(_host.Database, _host.Backstage.Clock);
        Assert.Equal("Online", await Ping(machine));
        await Set(-Year, true);
        Assert.Equal("ConnectionLost", await Ping(machine));

        _host.Backstage.Contacts.Touch(machine.Id, _host.Backstage.Clock.RealNow);
        Assert.Equal("Online", await Ping(machine));
        await _host.Backstage.Contacts.Flush(_host.Database, _host.Backstage.Clock);
        await Set(Duration.Zero, true);
        Assert.Equal("Online", await Ping(machine));
    }

    private async Task<string> Ping(Machine machine) => Assert.Single((await _host.Run(new DescribeInstanceInformation(), new())).InstanceInformationList!, n => n.InstanceId == machine.Id).PingStatus!;

    private async Task Set(Duration by, bool restart)
    {
        await _host.Look();
        _host.Time.Set(by);
        if (restart)
        {
            _host.Restart();
        }

        await _host.Look();
    }
}
