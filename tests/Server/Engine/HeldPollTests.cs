using Casement.Server.Engine;

namespace Casement.Server.Tests.Engine;

public sealed class HeldPollTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly LocalNodeBells _bells = new();

    private static CancellationToken Stays => CancellationToken.None;

    [Fact]
    public async Task A_bell_between_coming_in_and_waiting_is_heard_once()
    {
        using var poll = _bells.Enter("mi-1");
        _bells.Ring("mi-1");

        Assert.Equal(PollEnd.Rung, await poll.Wait(Long, Stays));
        Assert.Equal(PollEnd.Quiet, await poll.Wait(TimeSpan.Zero, Stays));
    }

    [Fact]
    public async Task A_bell_wakes_the_poll_of_its_node_and_no_other()
    {
        using var one = _bells.Enter("mi-1");
        using var other = _bells.Enter("mi-2");
        var first = one.Wait(Long, Stays);
        var second = other.Wait(Long, Stays);
        _bells.Ring("mi-1");

        Assert.Equal(PollEnd.Rung, await first);
        Assert.False(second.IsCompleted);
        _bells.Ring("mi-2");
        Assert.Equal(PollEnd.Rung, await second);
    }

    [Fact]
    public async Task A_newer_poll_ends_the_older_and_hears_the_bells_though_the_older_leaves_later()
    {
        var older = _bells.Enter("mi-1");
        var waiting = older.Wait(Long, Stays);
        using var newer = _bells.Enter("mi-1");
        Assert.Equal(PollEnd.Replaced, await waiting);
        older.Dispose();
        _bells.Ring("mi-1");

        Assert.Equal(PollEnd.Rung, await newer.Wait(Long, Stays));
        Assert.Equal(PollEnd.Replaced, await older.Wait(Long, Stays));
    }

    [Fact]
    public async Task A_client_that_leaves_and_patience_that_ends_both_end_the_wait()
    {
        using var poll = _bells.Enter("mi-1");
        using var left = new CancellationTokenSource();
        var waiting = poll.Wait(Long, left.Token);
        await left.CancelAsync();

        Assert.Equal(PollEnd.Quiet, await waiting);
        Assert.Equal(PollEnd.Quiet, await poll.Wait(TimeSpan.FromTicks(1), Stays));
    }

    [Fact]
    public async Task A_server_that_stops_ends_polls_that_wait_and_those_that_come()
    {
        using var poll = _bells.Enter("mi-1");
        var waiting = poll.Wait(Long, Stays);
        _bells.Close();
        using var late = _bells.Enter("mi-2");

        Assert.Equal(PollEnd.Quiet, await waiting);
        Assert.Equal(PollEnd.Quiet, await late.Wait(Long, Stays));
    }

    [Fact]
    public void A_bell_of_a_node_that_does_not_wait_is_nobodys()
    {
        _bells.Enter("mi-1").Dispose();
        _bells.Ring("mi-1");
        _bells.Ring("mi-2");
    }
}
