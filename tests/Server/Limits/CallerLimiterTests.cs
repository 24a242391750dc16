using Casement.Aws;
using Casement.Server.Operations;

namespace Casement.Server.Tests.Limits;

public sealed class CallerLimiterTests
{
    private static readonly Principal Alice = new Principal.User("123456789012", "AIDAAAAAAAAAAAAAAAAAA", "alice", "/");
    private static readonly Principal Bob = new Principal.User("123456789012", "AIDABBBBBBBBBBBBBBBBB", "bob", "/");

    private readonly Stopwatch _time = new();

    [Fact]
    public void A_burst_is_let_through_and_the_next_call_is_told_to_slow_down()
    {
        var limiter = new CallerLimiter(_time, active: true);
        Spend(limiter, Alice, CallerLimiter.Burst);

        var refusal = Assert.Throws<AwsException>(() => limiter.Admit(Alice, WireProtocol.Json11));

        Assert.Equal(("ThrottlingException", "Rate exceeded", 400), (refusal.Code, refusal.Message, refusal.Status));
        limiter.Admit(Bob, WireProtocol.Json11);
    }

    [Fact]
    public void A_second_later_as_many_calls_are_let_through_as_the_rate_says()
    {
        var limiter = new CallerLimiter(_time, active: true);
        Spend(limiter, Alice, CallerLimiter.Burst);
        _time.Seconds++;

        Spend(limiter, Alice, CallerLimiter.PerSecond);

        Assert.Throws<AwsException>(() => limiter.Admit(Alice, WireProtocol.Query));
    }

    [Fact]
    public void Without_AWSs_quotas_nobody_is_slowed_down() => Spend(new CallerLimiter(_time, active: false), Alice, 10 * CallerLimiter.Burst);

    private static void Spend(CallerLimiter limiter, Principal caller, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            limiter.Admit(caller, WireProtocol.Json11);
        }
    }

    private sealed class Stopwatch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
