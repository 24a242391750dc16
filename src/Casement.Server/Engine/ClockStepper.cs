using Casement.Aws;

namespace Casement.Server.Engine;

/// <summary>Moves a manual clock through every instant at which something is due, settling each before the next.</summary>
public sealed class ClockStepper : IDisposable
{
    // what is due after that many looks is not on its way, it fails
    private const int LooksMax = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private WindowClock? _windows;
    private CommandClock? _commands;

    internal void Attach(WindowClock windows, CommandClock commands)
    {
        _windows = windows;
        _commands = commands;
    }

    public async Task MoveTo(ManualTimeProvider clock, DateTimeOffset target)
    {
        ArgumentNullException.ThrowIfNull(clock);
        await _turn.WaitAsync();
        try
        {
            for (var stuck = 0; await Settle() is { } nextMs && nextMs <= target.ToUnixTimeMilliseconds();)
            {
                stuck = nextMs <= clock.GetUtcNow().ToUnixTimeMilliseconds() ? stuck + 1 : 0;
                if (stuck > LooksMax)
                {
                    throw new AwsException("InternalServerError", "Something that is due could not be decided on; the server's log says what.", 500);
                }

                clock.MoveTo(Later(DateTimeOffset.FromUnixTimeMilliseconds(nextMs), clock.GetUtcNow()));
            }

            clock.MoveTo(target);
            await Settle();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<long?> Settle()
    {
        var windows = _windows is null ? null : await _windows.Sweep();
        var commands = _commands is null ? null : await _commands.Sweep();

        // a deadline that ended a command has woken its execution
        windows = _windows is null ? windows : await _windows.Sweep();
        return windows is null ? commands : commands is null ? windows : Math.Min(windows.Value, commands.Value);
    }

    public void Dispose() => _turn.Dispose();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
