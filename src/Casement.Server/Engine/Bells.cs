using Casement.Storage;

namespace Casement.Server.Engine;

/// <summary>
/// Signals without content: whoever hears one reads the rows. A bell that is lost delays work until the next look at due rows,
/// never drops it. Rung after the commit that they speak of.
/// </summary>
public sealed class Bells
{
    private readonly List<Action<long>> _clock = [];
    private readonly List<Action<Scope, string>> _executions = [];
    private readonly List<Action<long>> _commands = [];

    /// <summary>A window's next opening may have moved, or something may be due at once.</summary>
    public void ClockChanged() => ClockChanged(long.MinValue);

    /// <summary>A window opens next at that instant of the product's clock; that is news only if it is the earliest of all.</summary>
    public void ClockChanged(long nextMs)
    {
        foreach (var listener in _clock)
        {
            listener(nextMs);
        }
    }

    /// <summary>An execution has something to decide on: a command ended, a cancel was asked for.</summary>
    public void ExecutionChanged(Scope scope, string executionId)
    {
        foreach (var listener in _executions)
        {
            listener(scope, executionId);
        }
    }

    /// <summary>A command has a deadline at that instant of the product's clock.</summary>
    public void CommandDue(long dueMs)
    {
        foreach (var listener in _commands)
        {
            listener(dueMs);
        }
    }

    /// <summary>To be called while the engine is put together, before the first bell.</summary>
    internal void OnClock(Action<long> listener) => _clock.Add(listener);

    internal void OnCommandDue(Action<long> listener) => _commands.Add(listener);

    internal void OnExecution(Action<Scope, string> listener) => _executions.Add(listener);
}
