using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests.Nodes;

/// <summary>
/// Calls as raw signed HTTP for what a test must set up or look at often, where another process a call would cost seconds.
/// It follows the server over restarts.
/// </summary>
internal sealed class Api(CasementServer server, AwsCredentials? credentials = null)
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private (Uri Endpoint, RawClient Client)? _raw;

    public CasementServer Server => server;

    private RawClient Raw
    {
        get
        {
            if (_raw?.Endpoint != server.Endpoint)
            {
                _raw = (server.Endpoint, server.Raw(credentials));
            }

            return _raw!.Value.Client;
        }
    }

    /// <summary>An AWS JSON call that must succeed; members that are null are not sent.</summary>
    public async Task<JsonElement> Ssm(string operation, object request)
    {
        var reply = await Try(operation, request);
        Assert.True(reply.Status == 200, $"{operation}: {reply.Status} {reply.Text}");
        return JsonSerializer.Deserialize<JsonElement>(reply.Text);
    }

    /// <summary>An AWS JSON call, whatever comes of it.</summary>
    public Task<RawReply> Try(string operation, object request) =>
        Raw.Send(RawCall.Ssm(operation, JsonSerializer.Serialize(request, WithoutNulls)));

    /// <summary>The same without a signature.</summary>
    public Task<RawReply> TryUnsigned(string operation, object request) =>
        Raw.SendUnsigned(RawCall.Ssm(operation, JsonSerializer.Serialize(request, WithoutNulls)));

    /// <summary>An IAM call that must succeed.</summary>
    public async Task<RawReply> Iam(string action, params (string Name, string Value)[] form)
    {
        var reply = await Raw.Send(RawCall.Iam(action, form));
        Assert.True(reply.Status == 200, $"{action}: {reply.Status} {reply.Text}");
        return reply;
    }
}

internal static class Members
{
    public static string Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : "";

    public static List<JsonElement> List(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    /// <summary>A time of an AWS JSON reply, which is a number of seconds.</summary>
    public static DateTimeOffset Time(this JsonElement element, string name) =>
        DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(element.GetProperty(name).GetDouble());
}

/// <summary>Processes take their own time: what they will have done is looked for until it is there.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public static async Task<T> Is<T>(Func<Task<T>> look, Func<T, bool> wanted)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (wanted(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                Assert.Fail($"After {Patience.TotalSeconds:0} s it is still {seen}");
            }

            await Task.Delay(Glance, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for a file that a script makes.</summary>
    public static Task Exists(string path) => Is(() => Task.FromResult(File.Exists(path) ? path : $"without {path}"), seen => seen == path);
}
