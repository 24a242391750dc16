using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>
/// Knows one number, the earliest instant at which a window opens or an execution must be decided on, and sleeps until then by
/// the product's clock. A bell wakes it for an earlier one, and it looks again every half minute whatever it was told: a lost
/// bell, a clock set forward and a suspended machine cost at most that. Each look first puts right what followed from a clock that
/// was set back since.
/// </summary>
internal sealed partial class WindowClock(Backstage backstage, ExecutionBells executions, CommandClock commands, ILogger<WindowClock> logger) : BackgroundService
{
    private const int TurnsMax = 64;
    private const long RetryMs = 1000;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _bell = new(0, 1);
    private readonly SemaphoreSlim _turn = new(1, 1);

    // what it sleeps until; while it looks at the rows, everything is news
    private long _until = long.MaxValue;

    /// <summary>Opens what is due and lets everything due decide, until nothing is; answers when something will be next.</summary>
    public async Task<long?> Sweep()
    {
        await _turn.WaitAsync();
        try
        {
            await Correct();
            await OpenDue();
            var stuck = await DecideDue();
            return backstage.Database.Read(tx =>
            {
                var wake = Storage.Executions.NextWake(tx);
                return Earlier(Storage.Windows.NextOpening(tx), stuck && wake is not null ? Math.Max(wake.Value, backstage.Clock.NowMs + RetryMs) : wake);
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        backstage.Bells.OnClock(Ring);
        backstage.Bells.OnExecution((_, executionId) => executions.Ring(executionId));
        backstage.Stepper.Attach(this, commands);
        var started = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = AfterFault;
            Volatile.Write(ref _until, long.MaxValue);
            try
            {
                if (!started)
                {
                    await backstage.Database.Write(new ExecutionRunner(backstage).ReleaseWaiting);
                    started = true;
                }

                var next = await Sweep();
                Volatile.Write(ref _until, next ?? long.MaxValue);
                var left = next is { } ms ? ms - backstage.Clock.NowMs : long.MaxValue;
                wait = left < LookAgain.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(0, left)) : LookAgain;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }

            await Sleep(wait, stoppingToken);
        }
    }

    private async Task Correct()
    {
        if (await ClockCorrection.Look(backstage) is not { } correction)
        {
            return;
        }

        SetBack(correction.From, correction.To, correction.Windows, correction.Withdrawn);
        foreach (var (windowId, why) in correction.Failed)
        {
            NotCorrected(why, windowId);
        }
    }

    // the executions are rung when all are open: what decides on the first must not keep the last from its instant
    private async Task OpenDue()
    {
        var opened = await OpenRead();
        var more = IsDue();
        while (more)
        {
            (var slowly, more, var failed) = await backstage.Database.Write(tx => WindowOpenings.OpenDue(tx, backstage, backstage.Clock.Now));
            opened.AddRange(slowly);
            foreach (var (windowId, why) in failed)
            {
                NotOpened(why, windowId);
            }
        }

        foreach (var executionId in opened)
        {
            executions.Ring(executionId);
        }
    }

    /// <summary>While the writer commits some, the next ones are read.</summary>
    private async Task<List<string>> OpenRead()
    {
        var opened = new List<string>();
        if (backstage.Quotas.Executions is not null)
        {
            return opened;
        }

        var writing = Task.FromResult<List<string>>([]);
        (long NextMs, long Seq)? after = (0, 0);
        while (after is { } place)
        {
            var now = backstage.Clock.Now;
            (var ready, after) = backstage.Database.ReadConsistently(tx => WindowOpenings.ReadDue(tx, backstage, place, now));
            opened.AddRange(await writing);
            writing = ready.Count == 0 ? Task.FromResult<List<string>>([]) : backstage.Database.Write(tx => WindowOpenings.OpenRead(tx, ready, now));
        }

        opened.AddRange(await writing);
        return opened;
    }

    private bool IsDue() => backstage.Database.Read(Storage.Windows.NextOpening) <= backstage.Clock.NowMs;

    // rung again though their own bell may be on its way: turns of one execution come one after another and find it done
    private async Task<bool> DecideDue()
    {
        var stuck = new HashSet<string>(StringComparer.Ordinal);
        while (Due(stuck, TurnsMax) is { Count: > 0 } due)
        {
            await Task.WhenAll(due.Select(executions.Decide));

            // what could not be performed is tried again in a second; the others behind it do not wait for that
            stuck.UnionWith(Due(stuck, due.Count).Intersect(due, StringComparer.Ordinal));

            // a window that has come due meanwhile does not wait for all the others' decisions
            await OpenDue();
        }

        return stuck.Count > 0;
    }

    private List<string> Due(HashSet<string> without, int limit) =>
    [
        .. backstage.Database.Read(tx => Storage.Executions.Due(tx, backstage.Clock.NowMs, limit + without.Count))
            .Select(d => d.ExecutionId).Where(id => !without.Contains(id)),
    ];

    private async Task Sleep(TimeSpan wait, CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            // the product's clock may stand still; the real one does not
            await Task.WhenAny(
                Task.Delay(wait, backstage.Clock.Product, over.Token), Task.Delay(LookAgain, backstage.Clock.Real, over.Token), _bell.WaitAsync(over.Token));
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private void Ring(long dueMs)
    {
        if (dueMs >= Volatile.Read(ref _until))
        {
            return;
        }

        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // it rings already
        }
    }

    private static long? Earlier(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    public override void Dispose()
    {
        _bell.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    [LoggerMessage(1231, LogLevel.Error, "Windows could not be opened or executions decided on; tried again in a second")]
    private partial void Failed(Exception e);

    [LoggerMessage(1232, LogLevel.Error, "Window {WindowId} could not be opened; tried again in a minute")]
    private partial void NotOpened(Exception e, string windowId);

    [LoggerMessage(
        1233, LogLevel.Warning,
        "The clock was set back from {From} to {To}: the next openings of {Windows} windows were computed again, and {Withdrawn} rows of occurrences that lie ahead were withdrawn")]
    private partial void SetBack(NodaTime.Instant from, NodaTime.Instant to, int windows, int withdrawn);

    [LoggerMessage(1234, LogLevel.Error, "The next opening of window {WindowId} could not be computed again after the clock was set back")]
    private partial void NotCorrected(Exception e, string windowId);
}
