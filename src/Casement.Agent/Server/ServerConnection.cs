using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Casement.Aws.Signing;

namespace Casement.Agent.Server;

/// <summary>Adds a signature to a message; gives the headers to send besides it.</summary>
internal delegate IReadOnlyList<KeyValuePair<string, string>> Signer(HttpMessage message);

/// <summary>The wire: AWS JSON 1.1 by POST to the endpoint's root.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const string ContentType = "application/x-amz-json-1.1";
    private const int ReplyBytesMax = 16 * 1024 * 1024;
    private static readonly string[] _patience =
        ["ThrottlingException", "Throttling", "TooManyRequestsException", "TooManyUpdates", "RequestTimeoutException"];

    private readonly HttpClient _client;
    private readonly Uri _endpoint;
    private readonly TimeProvider _clock;

    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns the handler.")]
    internal ServerConnection(Uri endpoint, X509Certificate2Collection? authorities, TimeProvider clock)
    {
        _endpoint = new Uri(endpoint, "/");
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseCookies = false,
            UseProxy = !endpoint.IsLoopback,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };
        if (authorities is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        _client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = ReplyBytesMax,
        };
    }

    /// <exception cref="OperationCanceledException">Only when <paramref name="stop"/> asks for it.</exception>
    internal async Task<ServerAnswer<TReply>> CallAsync<TRequest, TReply>(
        ServerCall<TRequest, TReply> call, TRequest request, Signer? sign, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, call.RequestShape);
        using var http = Build(call.Target, body, sign);
        using var patience = new CancellationTokenSource(call.Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            using var response = await _client.SendAsync(http, HttpCompletionOption.ResponseContentRead, either.Token);
            var reply = await response.Content.ReadAsByteArrayAsync(either.Token);
            return Read(call, response.StatusCode, reply);
        }
        catch (HttpRequestException fault)
        {
            return new ServerAnswer<TReply>.Away(fault.InnerException?.Message ?? fault.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new ServerAnswer<TReply>.Away($"no answer within {call.Patience.TotalSeconds:0} s");
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Build(string target, byte[] body, Signer? sign)
    {
        List<KeyValuePair<string, string>> headers =
            [new("Host", _endpoint.Authority), new("Content-Type", ContentType), new("X-Amz-Target", target)];
        if (sign is not null)
        {
            headers.AddRange(sign(new HttpMessage("POST", "/", "", headers, body)));
        }
        var http = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ByteArrayContent(body) };
        http.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        http.Headers.TryAddWithoutValidation("User-Agent", $"{AgentIdentity.Name}/{AgentIdentity.Version}");
        foreach (var (name, value) in headers.Where(header => header.Key != "Content-Type"))
        {
            http.Headers.TryAddWithoutValidation(name, value);
        }
        return http;
    }

    private static ServerAnswer<TReply> Read<TRequest, TReply>(
        ServerCall<TRequest, TReply> call, HttpStatusCode status, byte[] body)
    {
        try
        {
            if (status == HttpStatusCode.OK)
            {
                return JsonSerializer.Deserialize(body, call.ReplyShape) is { } reply
                    ? new ServerAnswer<TReply>.Done(reply)
                    : new ServerAnswer<TReply>.Away("the server's answer is empty");
            }
            var fault = (int)status is >= 400 and < 500
                ? JsonSerializer.Deserialize(body, AgentJson.Default.ServerFault)
                : null;
            return fault is { Code.Length: > 0 } && !_patience.Contains(fault.Code)
                ? new ServerAnswer<TReply>.Refused(fault.Code, fault.Text)
                : new ServerAnswer<TReply>.Away($"the server answered {(int)status} {fault?.Code}".TrimEnd());
        }
        catch (JsonException)
        {
            // a proxy's error page, or something that is no server of this kind
            return new ServerAnswer<TReply>.Away($"the server answered {(int)status} without an answer's JSON");
        }
    }
}

/// <summary>
/// One operation as a node calls it: the service is that of the signature's scope, the patience how long an answer may
/// take.
/// </summary>
internal sealed record ServerCall<TRequest, TReply>(
    string Target, string Service, TimeSpan Patience, JsonTypeInfo<TRequest> RequestShape, JsonTypeInfo<TReply> ReplyShape);
