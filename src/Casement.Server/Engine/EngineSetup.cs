using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Casement.Server.Engine;

/// <summary>The parts that act by themselves: grains, clocks and sweeps.</summary>
public static class EngineSetup
{
    /// <summary>
    /// One silo on a loopback port of its own and without a gateway: the usual defaults are two fixed ports that any local process
    /// may call, and that a second server would share without an error. Orleans keeps the system's clock.
    /// </summary>
    public static void AddCasementEngine(this IHostApplicationBuilder builder)
    {
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: 0);
            silo.Configure<GrainCollectionOptions>(o => o.CollectionAge = TimeSpan.FromMinutes(10));
        });

        // its warnings are advice for clusters of a size that is none of ours: server GC, slow watchdogs
        builder.Logging.AddFilter("Orleans", LogLevel.Error);
        builder.Services.AddSingleton<NodeBells, GrainNodeBells>();
        builder.Services.AddSingleton<CommandClock>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<CommandClock>());
        builder.Services.AddHostedService<ContactLedger>();
        builder.Services.AddHostedService<RetentionSweep>();
        builder.Services.AddHostedService<PollCloser>();
        builder.Services.AddSingleton<ExecutionBells, GrainExecutionBells>();
        builder.Services.AddSingleton<WindowClock>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<WindowClock>());
    }

    /// <summary>Ends polls when the server is told to stop, before it waits for the requests in flight.</summary>
    private sealed class PollCloser(IHostApplicationLifetime lifetime, NodeBells bells) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStopping.Register(bells.Close);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
