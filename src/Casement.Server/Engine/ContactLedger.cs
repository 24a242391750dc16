using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Casement.Server.Engine;

/// <summary>Writes every half minute, and at the end, when nodes were last heard of.</summary>
internal sealed partial class ContactLedger(Backstage backstage, ILogger<ContactLedger> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, backstage.Clock.Real);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Flush();
            }
        }
        catch (OperationCanceledException)
        {
            await Flush();
        }
    }

    private async Task Flush()
    {
        try
        {
            await backstage.Contacts.Flush(backstage.Database, backstage.Clock);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            NotWritten(e);
        }
    }

    [LoggerMessage(1221, LogLevel.Warning, "When nodes were last heard of could not be written")]
    private partial void NotWritten(Exception e);
}
