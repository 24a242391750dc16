using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Casement.Server;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;
using Casement.Web;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Casement.Host;

/// <summary>From options to a running server, and back to nothing when it is told to stop.</summary>
internal static partial class Launch
{
    // octal 077: whatever this process makes is its owner's alone
    private const uint ClosedToOthers = 63;

    private const int EnvironmentFault = 253;
    private const int UsageFault = 252;

    public static async Task<int> Run(string[] args, TextWriter errors)
    {
        _ = SetFileMask(ClosedToOthers);
        try
        {
            return await Serve(WithEphemeralDirectory(CommandLine.Parse(args)), errors);
        }
        catch (UsageException e)
        {
            await errors.WriteLineAsync(e.Message);
            return UsageFault;
        }
        catch (Exception e) when (e is StartupException or NewerSchemaException or StorageException)
        {
            await errors.WriteLineAsync(e.Message);
            return EnvironmentFault;
        }
        catch (IOException e) when (e.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await errors.WriteLineAsync($"{e.Message} Choose another port with --port, or stop what listens there.");
            return EnvironmentFault;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a full or closed disk; the message names the file
            await errors.WriteLineAsync(e.Message);
            return EnvironmentFault;
        }
    }

    private static Settings WithEphemeralDirectory(Settings settings) => settings.Ephemeral
        ? settings with { DataDirectory = Directory.CreateTempSubdirectory("casement-").FullName }
        : settings;

    private static async Task<int> Serve(Settings settings, TextWriter errors)
    {
        var zones = ZoneData.Load(settings.TimeZoneFile);
        if (!DataDirectory.IsUsed(settings))
        {
            PortProbe.ThrowIfTaken(settings);
        }

        // of a directory that another server holds, that is said rather than the port, which is probably the same server's
        using var data = DataDirectory.Open(settings);
        PortProbe.ThrowIfTaken(settings);
        var clock = MakeClock(settings);
        var master = data.ReadMasterKey(settings);
        using var database = Database.Open(new DatabaseOptions(data.DatabaseFile, Durable: !settings.Ephemeral));
        var versions = new IamVersions();
        var credentials = new Credentials(database, master, new Sessions(master), versions);
        database.Read(tx =>
        {
            credentials.DemandOwnMasterKey(tx);
            return true;
        });
        await data.Prepare(database, tx => ServerApp.CreateFirstAccount(tx, settings, credentials, clock.NowMs));
        if (!database.Read(tx => ZoneData.IsAdopted(tx, zones)))
        {
            await database.Write(tx => ZoneData.Adopt(tx, zones, clock.Now));
        }

        settings = settings with { Account = database.Read(Accounts.First) ?? settings.Account };

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "casement-server" });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Logging.SetMinimumLevel(settings.Verbose ? LogLevel.Information : LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None);
        var certificate = Tls.Certificate(settings, data.Root);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, settings, certificate));
        builder.Services.AddCasement(settings, clock, database, master, versions, zones);
        builder.AddCasementEngine();

        await using var app = builder.Build();
        app.UseLandingPage();
        app.MapCasement();
        await app.StartAsync();
        using var ready = await MakeReady(app, new Ready(
            1, Environment.ProcessId, EndpointOf(app, settings), settings.Region, settings.Account, settings.Ephemeral, data.Root, certificate?.CaFile));
        if (ready.Warning is { } warning)
        {
            await errors.WriteLineAsync(warning);
        }

        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<ReadyFile> MakeReady(WebApplication app, Ready ready)
    {
        try
        {
            return new ReadyFile(ready);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // a server that cannot be found does not run
            await app.StopAsync();
            throw;
        }
    }

    private static Clock MakeClock(Settings settings)
    {
        TimeProvider product = settings.ManualClock ? new ManualTimeProvider(settings.ClockStart, TimeProvider.System) : TimeProvider.System;
        return new Clock(product, TimeProvider.System);
    }

    private static void Limit(KestrelServerOptions kestrel, Settings settings, ServerCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Gateway.BodyMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        // a long poll writes nothing for seconds, which is not a slow reader
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(IPAddress.Parse(settings.Listen), settings.Port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate.Certificate);
            }
        });
    }

    private static string EndpointOf(WebApplication app, Settings settings)
    {
        var bound = new Uri(app.Urls.First());
        var any = IPAddress.Parse(settings.Listen);
        var host = any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : any.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{any}]" : any.ToString();
        return $"{(settings.Tls ? "https" : "http")}://{host}:{bound.Port}";
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetFileMask(uint mask);
}
