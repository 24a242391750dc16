namespace Casement.Storage.Tests;

/// <summary>Keeps the writer busy with a batch of its own, so that what is written meanwhile waits and shares the next.</summary>
internal sealed class Hold : IDisposable
{
    private readonly ManualResetEventSlim _running = new();
    private readonly ManualResetEventSlim _gate = new();
    private readonly Task _unit;

    public Hold(Database database)
    {
        _unit = database.Write(_ =>
        {
            _running.Set();
            _gate.Wait();
        });
        _running.Wait();
    }

    public void Release() => _gate.Set();

    public void Dispose()
    {
        _gate.Set();
        Assert.True(SpinWait.SpinUntil(() => _unit.IsCompleted, TimeSpan.FromSeconds(30)));
        _running.Dispose();
        _gate.Dispose();
    }
}
