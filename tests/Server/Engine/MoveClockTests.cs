using Casement.Aws;
using Casement.Server.Engine;
using Casement.Server.Own;
using NodaTime;

namespace Casement.Server.Tests.Engine;

/// <summary>How far a clock that is moved by hand may be moved.</summary>
public sealed class MoveClockTests
{
    [Theory]
    [InlineData("P1D", "9998-12-31T12:00:00Z", "ends at 9999-01-01T00:00:00Z")]
    [InlineData("P3660D", "9990-01-01T00:00:00Z", "ends at 9999-01-01T00:00:00Z")]
    [InlineData("P3661D", "2026-03-02T10:00:00Z", "at most ten years at a time")]
    [InlineData("P999999999D", "2026-03-02T10:00:00Z", "at most ten years at a time")]
    [InlineData("PT9223372036854775807S", "2026-03-02T10:00:00Z", "at most ten years at a time")]
    [InlineData("P-1D", "2026-03-02T10:00:00Z", "forward only")]
    [InlineData("P1M", "2026-03-02T10:00:00Z", "must be an ISO 8601 duration")]
    public async Task What_is_too_far_is_refused_with_the_reason(string advance, string now, string why)
    {
        var clock = new ManualTimeProvider(NodaTime.Text.InstantPattern.ExtendedIso.Parse(now).Value, TimeProvider.System);
        using var host = new EngineHost(clock);

        var refusal = await Assert.ThrowsAsync<AwsException>(() => host.Run(new MoveClock(), new MoveClock.Request { Advance = advance }));
        Assert.Equal(("ValidationException", 400), (refusal.Code, refusal.Status));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(now, NodaTime.Text.InstantPattern.ExtendedIso.Format(host.Backstage.Clock.Now));
    }

    [Fact]
    public async Task At_its_end_windows_still_open()
    {
        var clock = new ManualTimeProvider(Instant.FromUtc(9998, 12, 31, 12, 0), TimeProvider.System);
        using var host = new EngineHost(clock);
        var window = await host.Window("rate(1 hour)", duration: 1, cutoff: 0);

        var moved = await host.Run(new MoveClock(), new MoveClock.Request { Advance = "PT12H" });
        Assert.Equal("9999-01-01T00:00:00Z", moved.Now);
        Assert.Equal(12, host.Opened(window).Count);
    }
}
