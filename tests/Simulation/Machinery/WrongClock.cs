namespace Casement.Simulation.Tests.Machinery;

/// <summary>The server's wall clock: true time and an error that somebody may change under way.</summary>
internal sealed class WrongClock(Loop loop) : TimeProvider
{
    public long ErrorMs { get; private set; }

    public bool WasSetBack { get; private set; }

    public void SetBy(long ms)
    {
        ErrorMs += ms;
        WasSetBack |= ms < 0;
    }

    public long NowMs => loop.NowMs + ErrorMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("A timer of the engine would run outside of the simulation.");
}
