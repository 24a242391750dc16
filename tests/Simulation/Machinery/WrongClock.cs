namespace Casement.Simulation.Tests.Machinery;

/// <summary>The server's wall clock: true time and an error that somebody may change under way.</summary>
internal sealed class WrongClock(Loop loop) : TimeProvider
{
    public long ErrorMs { get; private set; }

    public bool WasSetBack => SetBacks > 0;

    /// <summary>How often it was set back so far.</summary>
    public int SetBacks { get; private set; }

    public void SetBy(long ms)
    {
        ErrorMs += ms;
        SetBacks += ms < 0 ? 1 : 0;
    }

    public long NowMs => loop.NowMs + ErrorMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("A timer of the engine would run outside of the simulation.");
}
