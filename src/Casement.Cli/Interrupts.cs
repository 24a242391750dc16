using System.Runtime.InteropServices;

namespace Casement.Cli;

/// <summary>Ctrl-C, SIGTERM and a closed terminal. The first asks to stop, the second to stop now.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _hangUp;

    internal Interrupts()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Count);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Count);
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Count);
    }

    internal CancellationToken Stop => _first.Token;

    internal CancellationToken StopNow => _second.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _hangUp.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private void Count(PosixSignalContext signal)
    {
        signal.Cancel = true;
        (_first.IsCancellationRequested ? _second : _first).Cancel();
    }
}
