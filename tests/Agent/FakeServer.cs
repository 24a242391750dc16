using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Aws.Signing;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Casement.Agent.Tests;

/// <summary>A server on loopback that speaks the nodes' protocol, checks every signature and can misbehave.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    internal const string NodeId = "mi-0123456789abcdef0";
    internal const string ActivationId = "11111111-2222-4333-8444-555555555555";
    internal const string ActivationCode = "abcdefghij0123456789";
    private static readonly TimeSpan _hold = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<NodeMessage> _mail = new();
    private readonly ConcurrentDictionary<string, string> _secrets = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private RSA? _nodeKey;
    private TcpListener? _listener;
    private CancellationTokenSource _stop = new();
    private int _tokens;

    internal ConcurrentQueue<(SendReplyRequest Request, ReplyPayload Payload)> Replies { get; } = new();

    internal ConcurrentQueue<string> Acknowledged { get; } = new();

    internal ConcurrentQueue<FailMessageRequest> Failed { get; } = new();

    internal ConcurrentQueue<UpdateInstanceInformationRequest> Heartbeats { get; } = new();

    internal ConcurrentQueue<string> SignatureFaults { get; } = new();

    internal int Polls;

    internal int PollsToAbort;

    /// <summary>Until it has one, the server asks for a new key with every token.</summary>
    internal bool WantsNewKey { get; set; }

    internal TimeSpan TokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Code and message for a target, instead of an answer.</summary>
    internal ConcurrentDictionary<string, (string Code, string Message)> Refusals { get; } = new();

    internal int TokensGiven => _tokens;

    internal int Port { get; private set; }

    /// <summary>With one it speaks TLS.</summary>
    internal X509Certificate2? Certificate { get; set; }

    internal string Url => $"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}";

    internal void Start()
    {
        _stop = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_listener, _stop.Token);
    }

    /// <summary>Drops every connection; nothing listens any more. What it knows stays.</summary>
    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        _listener?.Dispose();
        await Task.WhenAll(_connections);
    }

    internal void ForgetTokens() => _secrets.Clear();

    internal void Deliver(NodeMessage message) => _mail.Enqueue(message);

    internal IEnumerable<ReplyPayload> RepliesTo(string messageId) =>
        Replies.Where(reply => reply.Request.MessageId == messageId).Select(reply => reply.Payload);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _nodeKey?.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop), stop));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                await using var stream = await OpenAsync(client, stop);
                while (await ReadAsync(stream, stop) is { } message)
                {
                    if (await AnswerAsync(message, stop) is not { } answer)
                    {
                        return;
                    }
                    var body = Encoding.UTF8.GetBytes(answer.Body);
                    var head = $"HTTP/1.1 {answer.Status} x\r\nContent-Type: application/x-amz-json-1.1\r\n"
                        + $"Content-Length: {body.Length}\r\n\r\n";
                    await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], stop);
                }
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException or SocketException
                or AuthenticationException)
            {
                // the connection is gone
            }
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client, CancellationToken stop)
    {
        if (Certificate is null)
        {
            return client.GetStream();
        }
        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, stop);
        return secure;
    }

    private static async Task<HttpMessage?> ReadAsync(Stream stream, CancellationToken stop)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                return null;
            }
            head.Add(one[0]);
        }
        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair[1])).ToList();
        var message = new HttpMessage("POST", "/", "", headers, default);
        var body = new byte[int.Parse(message.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stop);
        return message with { Body = body };
    }

    private async Task<(int Status, string Body)?> AnswerAsync(HttpMessage message, CancellationToken stop)
    {
        var target = message.Header("X-Amz-Target")!;
        if (Refusals.TryGetValue(target, out var refusal))
        {
            return Fault(refusal.Code, refusal.Message);
        }
        if (target != NodeTargets.RegisterManagedInstance && CheckSignature(message, target) is { } fault)
        {
            return fault;
        }
        switch (target)
        {
            case NodeTargets.RegisterManagedInstance:
                return Register(Read(message, NodeJson.Wire.RegisterManagedInstanceRequest));
            case NodeTargets.RequestManagedInstanceRoleToken:
                return Token();
            case NodeTargets.UpdateManagedInstancePublicKey:
                return Replace(Read(message, NodeJson.Wire.UpdateManagedInstancePublicKeyRequest));
            case NodeTargets.UpdateInstanceInformation:
                Heartbeats.Enqueue(Read(message, NodeJson.Wire.UpdateInstanceInformationRequest));
                return (200, "{}");
            case NodeTargets.GetMessages:
                return await PollAsync(Read(message, NodeJson.Wire.GetMessagesRequest), stop);
            case NodeTargets.AcknowledgeMessage:
                Acknowledged.Enqueue(Read(message, NodeJson.Wire.AcknowledgeMessageRequest).MessageId!);
                return (200, "{}");
            case NodeTargets.FailMessage:
                Failed.Enqueue(Read(message, NodeJson.Wire.FailMessageRequest));
                return (200, "{}");
            case NodeTargets.SendReply:
                var reply = Read(message, NodeJson.Wire.SendReplyRequest);
                Replies.Enqueue((reply, JsonSerializer.Deserialize(reply.Payload!, NodeJson.Wire.ReplyPayload)!));
                return (200, $$"""{"MessageId":"{{reply.MessageId}}","ReplyId":"{{reply.ReplyId}}","ReplyStatus":"Queued"}""");
            default:
                return Fault("UnknownOperationException", target);
        }
    }

    private (int Status, string Body)? CheckSignature(HttpMessage message, string target)
    {
        if (!SigV4.TryRead(message, out var claim, out _))
        {
            SignatureFaults.Enqueue($"{target}: unreadable");
            return Fault("IncompleteSignatureException", "unreadable");
        }
        if (target is NodeTargets.RequestManagedInstanceRoleToken or NodeTargets.UpdateManagedInstancePublicKey)
        {
            var known = claim.AccessKeyId == NodeId && _nodeKey is not null && SigV4.VerifyRsa(message, claim, _nodeKey);
            if (!known)
            {
                SignatureFaults.Enqueue($"{target}: wrong");
            }
            return known ? null : Fault("AccessDeniedException", "wrong signature");
        }
        if (!_secrets.TryGetValue(claim.AccessKeyId, out var secret))
        {
            return Fault("ExpiredTokenException", "The security token included in the request is expired");
        }
        var service = target.StartsWith("AmazonSSM.", StringComparison.Ordinal) ? "ssm" : "ec2messages";
        var key = SigV4.SigningKey(secret, claim.Date, claim.Region, service);
        if (SigV4.Verify(message, claim, key) && claim.Service == service)
        {
            return null;
        }
        SignatureFaults.Enqueue($"{target}: wrong");
        return Fault("InvalidSignatureException", "wrong");
    }

    private (int Status, string Body) Register(RegisterManagedInstanceRequest request)
    {
        if (request.ActivationId != ActivationId || request.ActivationCode != ActivationCode)
        {
            return Fault("InvalidActivation", "The activation is not known here.");
        }
        _nodeKey = RSA.Create();
        _nodeKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(request.PublicKey!), out _);
        return (200, $$"""{"InstanceId":"{{NodeId}}"}""");
    }

    private (int Status, string Body) Replace(UpdateManagedInstancePublicKeyRequest request)
    {
        _nodeKey = RSA.Create();
        _nodeKey.ImportSubjectPublicKeyInfo(Convert.FromBase64String(request.NewPublicKey!), out _);
        WantsNewKey = false;
        return (200, "{}");
    }

    private (int Status, string Body) Token()
    {
        var id = $"ASIA{Interlocked.Increment(ref _tokens):D16}";
        _secrets[id] = $"secret-{id}";
        return (200, JsonSerializer.Serialize(
            new RequestManagedInstanceRoleTokenReply(
                id, _secrets[id], $"token-{id}", TimeProvider.System.GetUtcNow() + TokenLife, WantsNewKey),
            NodeJson.Wire.RequestManagedInstanceRoleTokenReply));
    }

    private async Task<(int Status, string Body)?> PollAsync(GetMessagesRequest request, CancellationToken stop)
    {
        Interlocked.Increment(ref Polls);
        if (Interlocked.Decrement(ref PollsToAbort) >= 0)
        {
            return null;
        }
        var since = TimeProvider.System.GetTimestamp();
        while (_mail.IsEmpty && TimeProvider.System.GetElapsedTime(since) < _hold)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop);
        }
        var messages = new List<NodeMessage>();
        while (_mail.TryDequeue(out var message))
        {
            messages.Add(message);
        }
        return (200, JsonSerializer.Serialize(
            new GetMessagesReply(request.Destination, request.MessagesRequestId, messages),
            NodeJson.Wire.GetMessagesReply));
    }

    private static (int Status, string Body) Fault(string code, string message) =>
        (400, $$"""{"__type":"com.amazon.coral.service#{{code}}","message":"{{message}}"}""");

    private static T Read<T>(HttpMessage message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) =>
        JsonSerializer.Deserialize(message.Body.Span, shape)!;
}
