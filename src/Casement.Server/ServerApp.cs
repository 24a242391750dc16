using Casement.Server.Audit;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Casement.Server;

/// <summary>The composition of the server's parts, in the order in which they start and, reversed, stop.</summary>
public static partial class ServerApp
{
    /// <summary>Registers everything behind the gateway.</summary>
    public static void AddCasement(this IServiceCollection services, Settings settings, Clock clock, Database database, MasterKey master, IamVersions versions, IDateTimeZoneProvider? zones = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(clock);
        services.AddSingleton(settings);
        services.AddSingleton(clock);
        services.AddSingleton(database);
        services.AddSingleton(master);
        services.AddSingleton(versions);
        services.AddSingleton<Sessions>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<IamCatalog>();
        services.AddSingleton<PrincipalTags>();
        services.AddSingleton<Authorizer>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<UnreadableRows>();
        services.AddSingleton<Paging>();
        services.AddSingleton<Bells>();
        services.AddSingleton<ClockStepper>();
        services.AddSingleton(new SourceLimiter(clock.Real));
        services.AddSingleton(new CallerLimiter(clock.Real, settings.Quotas.Throttle));
        services.AddSingleton(new OperationTable(Catalogue.All));
        services.AddSingleton<Gateway>();
        services.AddSingleton(provider => new Backstage
        {
            Clock = clock,
            Zones = zones ?? DateTimeZoneProviders.Tzdb,
            Database = database,
            Quotas = settings.Quotas,
            Credentials = provider.GetRequiredService<Credentials>(),
            Authorizer = provider.GetRequiredService<Authorizer>(),
            PrincipalTags = provider.GetRequiredService<PrincipalTags>(),
            Audit = provider.GetRequiredService<AuditLog>(),
            Paging = provider.GetRequiredService<Paging>(),
            Bells = provider.GetRequiredService<Bells>(),
            Stepper = provider.GetRequiredService<ClockStepper>(),
            NodeBells = provider.GetService<NodeBells>() ?? new LocalNodeBells(),
            Limiter = provider.GetRequiredService<SourceLimiter>(),
            Unreadable = provider.GetRequiredService<UnreadableRows>(),
        });
    }

    /// <summary>Health, readiness, and the one path for everything else that no page took.</summary>
    public static void MapCasement(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var database = app.Services.GetRequiredService<Database>();
        var gateway = app.Services.GetRequiredService<Gateway>();
        app.Services.GetRequiredService<AuditLog>().Start();
        database.OnFault(fault =>
        {
            if (fault is null)
            {
                WritesAgain(app.Logger);
            }
            else
            {
                NotWritten(app.Logger, fault);
            }
        });
        app.MapGet("/healthz", () => Results.Text("ok\n"));
        app.MapGet("/readyz", () => database.Fault is { } fault
            ? Results.Text($"The database could not be written: {fault}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready\n"));
        app.MapFallback("{**path}", gateway.Serve);
    }

    [LoggerMessage(1102, LogLevel.Error, "The database cannot be written: {Fault}. Calls that write are refused, reads go on; tried again every second")]
    private static partial void NotWritten(ILogger logger, string fault);

    [LoggerMessage(1103, LogLevel.Warning, "The database can be written again")]
    private static partial void WritesAgain(ILogger logger);

    /// <summary>What the first start makes, inside the unit of work that also checks that it is the first.</summary>
    public static FirstStart CreateFirstAccount(Tx tx, Settings settings, Credentials credentials, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(credentials);
        var scope = new Scope(settings.Account, "");
        Accounts.Insert(tx, settings.Account, "{}", nowMs);
        var admin = new UserRow(Ids.Entity("AIDA"), "admin", "/", null, nowMs);
        Users.Insert(tx, scope, admin);
        Attachments.Attach(tx, scope, admin.Id, "arn:aws:iam::aws:policy/AdministratorAccess");
        FirstRoles.Insert(tx, scope, nowMs);
        var key = credentials.NewKey(settings.Account, admin.Id, nowMs, out var secret);
        AccessKeys.Insert(tx, key);
        return new FirstStart(settings.Account, admin.Name, key.KeyId, secret);
    }
}
