using Casement.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>
/// Once an hour, removes what is older than the retention, giving way to every other write. It believes the clock only as far as this
/// process has seen time pass: a clock that is wrongly ahead must not remove what cannot be brought back.
/// </summary>
internal sealed partial class RetentionSweep(Backstage backstage, Settings settings, ILogger<RetentionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan Politeness = TimeSpan.FromMilliseconds(50);

    // so that a server that runs by day only still keeps up, and one that stood still for long catches up
    private const int CatchUp = 4;
    private long? _looked;

    /// <summary>Removes until nothing old is left; answers how many rows went.</summary>
    public async Task<long> Sweep(CancellationToken stoppingToken)
    {
        var nowMs = await Believed();
        var beforeMs = nowMs - (settings.RetentionDays * 24L * 60 * 60 * 1000);
        var total = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (backstage.Database.Waiting > 0)
            {
                await Task.Delay(Politeness, backstage.Clock.Real, stoppingToken);
                continue;
            }

            var rows = await backstage.Database.Write(tx => Retention.RemoveSome(tx, beforeMs, nowMs));
            total += rows;
            if (rows == 0)
            {
                break;
            }
        }

        return total;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Sweep(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }

            await Task.Delay(Period, backstage.Clock.Real, stoppingToken);
        }
    }

    /// <summary>
    /// Now, but no more than four hours later than the last sweep for each hour that this process has run since. A clock that is
    /// moved by hand is moved on purpose.
    /// </summary>
    private async Task<long> Believed()
    {
        var clock = backstage.Clock;
        var nowMs = clock.NowMs;
        if (clock.Product is ManualTimeProvider)
        {
            return nowMs;
        }

        var looked = clock.Real.GetTimestamp();
        var ran = _looked is { } before ? clock.Real.GetElapsedTime(before, looked) : TimeSpan.Zero;
        var believed = await backstage.Database.Write(tx =>
        {
            var last = ClockMarks.Retention(tx) ?? AuditTrail.LastMs(tx) ?? nowMs;
            var until = Math.Min(nowMs, last + ((long)ran.TotalMilliseconds * CatchUp));
            ClockMarks.SetRetention(tx, until);
            return until;
        });
        _looked = looked;
        if (nowMs - believed > Period.TotalMilliseconds)
        {
            Behind(DateTimeOffset.FromUnixTimeMilliseconds(believed), DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        }

        return believed;
    }

    [LoggerMessage(1252, LogLevel.Information, "Retention goes by {Believed} though the clock says {Now}; it catches up by four hours an hour")]
    private partial void Behind(DateTimeOffset believed, DateTimeOffset now);

    [LoggerMessage(1251, LogLevel.Warning, "Old rows could not be removed; tried again in an hour")]
    private partial void Failed(Exception e);
}
