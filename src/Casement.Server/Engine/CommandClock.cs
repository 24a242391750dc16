using Casement.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>
/// Knows one number, the earliest deadline of all commands, and sleeps until then by the product's clock; a bell wakes it for an
/// earlier one. It looks again every half minute whatever it was told, so that neither a lost bell nor a stepped clock matters.
/// </summary>
public sealed partial class CommandClock(Backstage backstage, ILogger<CommandClock> logger) : BackgroundService
{
    private const int CommandsMax = 500;
    private const long RetryMs = 1000;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _bell = new(0, 1);
    private long _armedMs = long.MaxValue;
    private long _visibleSeenMs;

    /// <summary>Applies everything that is due now, and says when something will be next; null when nothing is known.</summary>
    public async Task<long?> Sweep()
    {
        var database = backstage.Database;
        var stuck = await ExpireDue();

        // after the clock was set back it starts over
        var nowMs = backstage.Clock.NowMs;
        _visibleSeenMs = Math.Min(_visibleSeenMs, nowMs);
        foreach (var nodeId in database.Read(tx => Storage.Mailbox.VisibleAgain(tx, _visibleSeenMs, nowMs)))
        {
            backstage.NodeBells.Ring(nodeId);
        }

        _visibleSeenMs = nowMs;
        return database.Read(tx =>
        {
            var deadline = CommandInvocations.EarliestDeadline(tx);
            return Earlier(stuck && deadline is not null ? Math.Max(deadline.Value, nowMs + RetryMs) : deadline, Storage.Mailbox.NextVisible(tx, nowMs));
        });
    }

    /// <summary>Each due command once: one that cannot be decided on holds up no other. Answers whether there is such a one.</summary>
    private async Task<bool> ExpireDue()
    {
        var tried = new HashSet<string>(StringComparer.Ordinal);
        var failed = false;
        while (true)
        {
            var due = backstage.Database.Read(tx => CommandInvocations.DueCommands(tx, backstage.Clock.NowMs, CommandsMax + tried.Count));
            var untried = due.FindAll(tried.Add);
            if (untried.Count == 0)
            {
                return failed || due.Count > 0;
            }

            foreach (var commandId in untried)
            {
                try
                {
                    await backstage.NodeBells.Expire(backstage, commandId);
                }
                catch (Exception e) when (e is not StorageException)
                {
                    failed = true;
                    NotExpired(e, commandId);
                }
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        backstage.Bells.OnCommandDue(Ring);
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = AfterFault;
            try
            {
                // a bell that comes during the look is earlier than everything, so that it is not slept through
                Volatile.Write(ref _armedMs, long.MaxValue);
                var next = await Sweep();
                var left = next is { } ms ? ms - backstage.Clock.NowMs : long.MaxValue;
                wait = left < LookAgain.TotalMilliseconds ? TimeSpan.FromMilliseconds(Math.Max(0, left)) : LookAgain;
                Volatile.Write(ref _armedMs, next ?? long.MaxValue);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }

            await Sleep(wait, stoppingToken);
        }
    }

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
        if (dueMs >= Volatile.Read(ref _armedMs))
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
        base.Dispose();
    }

    [LoggerMessage(1211, LogLevel.Error, "Deadlines of commands could not be applied; tried again in a second")]
    private partial void Failed(Exception e);

    [LoggerMessage(1212, LogLevel.Error, "The deadlines of command {CommandId} could not be applied; tried again in a second")]
    private partial void NotExpired(Exception e, string commandId);
}
