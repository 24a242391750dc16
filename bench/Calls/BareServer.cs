using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Aws.Signing;
using Casement.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Casement.Bench.Calls;

/// <summary>
/// The limits, in a process of their own: Kestrel that answers nothing at once, and the bare parts of a Get and of a Create without
/// permission, audit, validation or anything else that makes a product of them. Kestrel is set as the product sets it.
/// </summary>
internal static class BareServer
{
    public const string Switch = "--bare-server";

    /// <param name="arguments">The ports of the three, a directory for the database, and a file of ids that Get will be asked for.</param>
    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var secret = await Console.In.ReadLineAsync() ?? throw new InvalidOperationException("The caller's secret comes on standard input.");
        using var database = Database.Open(new DatabaseOptions(Path.Combine(arguments[3], "bare.db")));
        await database.Write(tx =>
        {
            tx.Execute("CREATE TABLE bare(id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL)");
            foreach (var id in File.ReadLines(arguments[4]))
            {
                tx.Execute("INSERT INTO bare(id, doc) VALUES($1, $2)", id, JsonSerializer.Serialize(Window(id), BareJson.Default.BareWindow));
            }
        });
        var parts = new Parts(database, secret);
        await using var empty = await Serve(Port(arguments[0]), Empty);
        await using var get = await Serve(Port(arguments[1]), parts.Get);
        await using var create = await Serve(Port(arguments[2]), parts.Create);
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static int Port(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Task Empty(HttpContext context)
    {
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static BareWindow Window(string id) =>
        new(id, "nightly", "Restarts what needs it", "cron(0 2 ? * SUN *)", "Europe/Berlin", 3, 1, false, null);

    private static async Task<WebApplication> Serve(int port, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    private sealed class Parts(Database database, string secret)
    {
        private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

        public async Task Get(HttpContext context)
        {
            var message = await Verified(context);
            var request = JsonSerializer.Deserialize(message.Body.Span, BareJson.Default.BareGet)!;
            var doc = database.Read(tx => tx.One("SELECT doc FROM bare WHERE id=$1", r => r.Text(0), request.WindowId))
                ?? throw new InvalidOperationException("No such row.");
            await Answer(context, JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(doc, BareJson.Default.BareWindow)!, BareJson.Default.BareWindow));
        }

        public async Task Create(HttpContext context)
        {
            var message = await Verified(context);
            var request = JsonSerializer.Deserialize(message.Body.Span, BareJson.Default.BareWindow)!;
            var id = "mw-" + RandomNumberGenerator.GetHexString(17, lowercase: true);
            var doc = JsonSerializer.Serialize(request with { WindowId = id }, BareJson.Default.BareWindow);
            await database.Write(tx => tx.Execute("INSERT INTO bare(id, doc) VALUES($1, $2)", id, doc));
            await Answer(context, JsonSerializer.SerializeToUtf8Bytes(new BareGet(id), BareJson.Default.BareGet));
        }

        private async Task<HttpMessage> Verified(HttpContext context)
        {
            var request = context.Request;
            var headers = new List<KeyValuePair<string, string>>(request.Headers.Count);
            foreach (var (name, value) in request.Headers)
            {
                headers.Add(KeyValuePair.Create(name, value.ToString()));
            }

            var body = new byte[request.ContentLength ?? 0];
            await request.Body.ReadExactlyAsync(body);
            var message = new HttpMessage(request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, "", headers, body);
            if (!SigV4.TryRead(message, out var claim, out _)
                || SigV4.Check(message, claim, "ssm", DateTimeOffset.UtcNow) is not null
                || !SigV4.Verify(message, claim, _keys.GetOrAdd(claim.Date, date => SigV4.SigningKey(secret, date, claim.Region, claim.Service))))
            {
                throw new InvalidOperationException("The signature is wrong.");
            }

            return message;
        }

        private static async Task Answer(HttpContext context, byte[] body)
        {
            context.Response.ContentType = "application/x-amz-json-1.1";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        }
    }
}

internal sealed record BareGet(string WindowId);

internal sealed record BareWindow(
    string? WindowId, string Name, string? Description, string Schedule, string? ScheduleTimezone, int Duration, int Cutoff, bool AllowUnassociatedTargets,
    string? ClientToken);

[JsonSerializable(typeof(BareGet))]
[JsonSerializable(typeof(BareWindow))]
internal sealed partial class BareJson : JsonSerializerContext;
