using Microsoft.Extensions.Logging;

namespace Casement.Simulation.Tests.Machinery;

/// <summary>What the engine logs as an error. Only what the simulation did to it may stand there.</summary>
internal sealed class SeenFaults<T>(Action<Exception> seen) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            seen(exception);
        }
    }
}
