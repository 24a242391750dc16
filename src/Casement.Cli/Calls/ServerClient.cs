using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Xml;
using Casement.Aws.Signing;

namespace Casement.Cli.Calls;

/// <summary>Signed calls on the public port, as any other client makes them.</summary>
internal sealed class ServerClient : IDisposable
{
    private const string JsonType = "application/x-amz-json-1.1";
    private const string QueryType = "application/x-www-form-urlencoded; charset=utf-8";
    private const string IamVersion = "2010-05-08";

    private readonly ServerAddress _address;
    private readonly AwsCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;

    /// <param name="patience">How long an answer may take; null waits for as long as it takes.</param>
    /// <exception cref="FailureException">The authorities' file cannot be read.</exception>
    internal ServerClient(ServerAddress address, AwsCredentials credentials, TimeSpan? patience, TimeProvider time)
    {
        _address = address;
        _credentials = credentials;
        _time = time;
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = address.CaFile is { } file ? TrustingOnly(file) : null };
        // a proxy of the environment is for the internet, and one that rewrites Host breaks signatures
        _handler = new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), SslOptions = tls,
        };
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = patience ?? Timeout.InfiniteTimeSpan };
    }

    internal ServerAddress Address => _address;

    /// <summary>A call of Systems Manager, JSON 1.1.</summary>
    internal async Task<TReply> Ssm<TRequest, TReply>(
        string operation, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        var reply = await Send("ssm", "/", JsonType, $"AmazonSSM.{operation}", body, stop);
        return Read(reply, replyType);
    }

    /// <summary>A call of IAM, Query in and XML out.</summary>
    internal async Task<QueryReply> Iam(
        string action, IReadOnlyList<KeyValuePair<string, string>> members, CancellationToken stop)
    {
        var body = new StringBuilder($"Action={action}&Version={IamVersion}");
        foreach (var (name, value) in members)
        {
            body.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        var reply = await Send("iam", "/", QueryType, null, Encoding.ASCII.GetBytes(body.ToString()), stop);
        try
        {
            return QueryReply.Parse(reply);
        }
        catch (XmlException fault)
        {
            throw new FailureException(ExitCodes.AnythingElse, $"The server's answer to {action} is not XML: {fault.Message}");
        }
    }

    /// <summary>A call of Casement's own operations: JSON under <c>/casement/</c>.</summary>
    internal async Task<TReply> Own<TRequest, TReply>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken stop)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        return Read(await Send("casement", $"/casement/{path}", "application/json", null, body, stop), replyType);
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private static TReply Read<TReply>(string reply, JsonTypeInfo<TReply> type)
    {
        try
        {
            return JsonSerializer.Deserialize(reply, type)
                ?? throw new FailureException(ExitCodes.AnythingElse, "The server's answer is empty.");
        }
        catch (JsonException fault)
        {
            throw new FailureException(ExitCodes.AnythingElse, $"The server's answer is not the JSON expected: {fault.Message}");
        }
    }

    private async Task<string> Send(
        string service, string path, string contentType, string? target, byte[] body, CancellationToken stop)
    {
        var uri = new Uri(_address.Endpoint, path);
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        List<KeyValuePair<string, string>> headers = [new("Host", uri.Authority), new("Content-Type", contentType)];
        if (target is not null)
        {
            headers.Add(new("X-Amz-Target", target));
            request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        }

        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("casement-cli", CommandLine.Version));
        var message = new HttpMessage("POST", path, "", headers, body);
        foreach (var (name, value) in SigV4.Sign(message, _credentials, _address.Region, service, _time.GetUtcNow()))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Receive(request, stop);
    }

    private async Task<string> Receive(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            using var response = await _http.SendAsync(request, stop);
            var text = await response.Content.ReadAsStringAsync(stop);
            return response.IsSuccessStatusCode ? text : throw Refusals.Read((int)response.StatusCode, text);
        }
        catch (HttpRequestException fault)
        {
            throw FailureException.Environment(
                $"No answer from {_address.Endpoint}: {(fault.InnerException ?? fault).Message}. Is the server running? {Invocation.OwnName} up");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new FailureException(
                ExitCodes.StillGoing, $"No answer from {_address.Endpoint} within {_http.Timeout.TotalSeconds:0} s; nothing was stopped.");
        }
    }

    private static X509ChainPolicy TrustingOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw FailureException.Environment($"The certificates of {file} cannot be read: {fault.Message}");
        }

        return policy;
    }
}
