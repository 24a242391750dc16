using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Casement.Bench.Nodes;

/// <summary>
/// The limit: Kestrel with nothing behind it answers the same exchanges with ready bytes, a message to each poll once it is told
/// <c>go</c>. No signature is looked at, nothing is parsed or kept.
/// </summary>
internal static class BareNodes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly byte[] Nothing = "{}"u8.ToArray();
    private static readonly byte[] Quiet = """{"Destination":"mi-0123456789abcdef0","MessagesRequestId":"0","Messages":[]}"""u8.ToArray();
    private static readonly byte[] Queued = """{"MessageId":"aws.ssm.0","ReplyId":"0","ReplyStatus":"Queued","Description":""}"""u8.ToArray();

    private static volatile Round _round = new(0, []);

    /// <param name="arguments">The file that holds a poll's answer.</param>
    public static async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var message = await File.ReadAllTextAsync(arguments[0]);
        _round = Round.Of(0, message);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        await using var app = builder.Build();
        app.Run(Serve);
        await app.StartAsync();
        Console.WriteLine($"listening {new Uri(app.Urls.First()).Port}");
        while (await Console.In.ReadLineAsync() is not null)
        {
            var over = _round;
            _round = Round.Of(over.Number + 1, message);
            over.Over.SetResult();
        }

        return 0;
    }

    private static async Task Serve(HttpContext context)
    {
        var request = context.Request;
        var body = new byte[request.ContentLength ?? 0];
        await request.Body.ReadExactlyAsync(body);
        var target = request.Headers["X-Amz-Target"].ToString();
        var reply = target.EndsWith("GetMessages", StringComparison.Ordinal) ? await Poll(context)
            : target.EndsWith("SendReply", StringComparison.Ordinal) ? Queued
            : Nothing;
        context.Response.ContentType = "application/x-amz-json-1.1";
        context.Response.ContentLength = reply.Length;
        await context.Response.Body.WriteAsync(reply);
    }

    private static async Task<byte[]> Poll(HttpContext context)
    {
        // a connection is a node; it gets one message a round
        var items = context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        var round = _round;
        var had = items.TryGetValue(typeof(Round), out var number) && number is int known ? known : 0;
        if (had == round.Number)
        {
            try
            {
                await round.Over.Task.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                return Quiet;
            }
        }

        items[typeof(Round)] = had + 1;
        return _round.Message;
    }

    private sealed record Round(int Number, byte[] Message)
    {
        // a node takes a command once, so that each round's has another id
        public static Round Of(int number, string message) => new(number, Encoding.UTF8.GetBytes(
            message.Replace("aws.ssm.01234567", string.Create(CultureInfo.InvariantCulture, $"aws.ssm.{number:x8}"), StringComparison.Ordinal)));

        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
