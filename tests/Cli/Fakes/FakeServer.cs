using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Casement.Aws.Signing;

namespace Casement.Cli.Tests.Fakes;

/// <summary>One request that the fake got.</summary>
/// <remarks>The operation is the last part of X-Amz-Target, the Action of a query, or the path.</remarks>
public sealed record Heard(string Operation, string KeyId, string Service, string Region, string Body, HttpMessage Message);

/// <summary>A server on loopback that answers what a test tells it to, and keeps what it heard.</summary>
public sealed class FakeServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<Heard, (int Status, string Body)> _answer;

    public FakeServer(Func<Heard, (int Status, string Body)> answer)
    {
        _answer = answer;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Endpoint = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _ = Serve();
    }

    public string Endpoint { get; }

    public ConcurrentQueue<Heard> Calls { get; } = new();

    /// <summary>Whether a request bears the signature that this secret gives.</summary>
    public static bool IsSignedWith(Heard heard, string secret)
        => SigV4.TryRead(heard.Message, out var claim, out _)
            && SigV4.Check(heard.Message, claim, heard.Service, TimeProvider.System.GetUtcNow()) is null
            && SigV4.Verify(heard.Message, claim, SigV4.SigningKey(secret, claim.Date, claim.Region, claim.Service));

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Answer(context);
        }
    }

    private void Answer(HttpListenerContext context)
    {
        using var copy = new MemoryStream();
        context.Request.InputStream.CopyTo(copy);
        var body = copy.ToArray();
        var headers = context.Request.Headers.AllKeys.Select(name => KeyValuePair.Create(name!, context.Request.Headers[name]!)).ToList();
        var message = new HttpMessage(context.Request.HttpMethod, context.Request.Url!.AbsolutePath, "", headers, body);
        SigV4.TryRead(message, out var claim, out _);
        var text = Encoding.UTF8.GetString(body);
        var heard = new Heard(
            OperationOf(message, text), claim?.AccessKeyId ?? "", claim?.Service ?? "", claim?.Region ?? "", text, message);
        Calls.Enqueue(heard);
        var (status, reply) = _answer(heard);
        context.Response.StatusCode = status;
        context.Response.ContentType = reply.StartsWith('<') ? "text/xml" : "application/x-amz-json-1.1";
        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(reply));
        context.Response.Close();
    }

    private static string OperationOf(HttpMessage message, string body)
        => message.Header("X-Amz-Target")?.Split('.')[^1]
            ?? (body.StartsWith("Action=", StringComparison.Ordinal) ? body.Split('&')[0][7..] : message.RawPath);
}
