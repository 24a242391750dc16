using Casement.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>Once an hour, removes what is older than the retention, giving way to every other write.</summary>
internal sealed partial class RetentionSweep(Backstage backstage, Settings settings, ILogger<RetentionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan Politeness = TimeSpan.FromMilliseconds(50);

    /// <summary>Removes until nothing old is left; answers how many rows went.</summary>
    public async Task<long> Sweep(CancellationToken stoppingToken)
    {
        var beforeMs = backstage.Clock.NowMs - (settings.RetentionDays * 24L * 60 * 60 * 1000);
        var total = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (backstage.Database.Waiting > 0)
            {
                await Task.Delay(Politeness, backstage.Clock.Real, stoppingToken);
                continue;
            }

            var rows = await backstage.Database.Write(tx => Retention.RemoveSome(tx, beforeMs, backstage.Clock.NowMs));
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
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(e);
            }

            await Task.Delay(Period, backstage.Clock.Real, stoppingToken);
        }
    }

    [LoggerMessage(1251, LogLevel.Warning, "Old rows could not be removed; tried again in an hour")]
    private partial void Failed(Exception e);
}
