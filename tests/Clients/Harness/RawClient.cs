using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Harness;

/// <summary>
/// HTTP/1.1 over a bare socket, so that a test decides every byte. Each client has a loopback address of its own: the server
/// slows down sources of refused credentials, and tests that are refused on purpose must not slow down others.
/// </summary>
public sealed class RawClient(Uri endpoint, AwsCredentials credentials, string region)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static int _clients;
    private readonly IPAddress _source = NextSource();

    private string Host => endpoint.Authority;

    /// <summary>Signs with this client's credentials and sends.</summary>
    public Task<RawReply> Send(RawCall call) => SendSigned(call, credentials);

    public Task<RawReply> SendSigned(RawCall call, AwsCredentials by)
    {
        ArgumentNullException.ThrowIfNull(call);
        var signature = SigV4.Sign(call.Message(Host), by, call.Region ?? region, call.Service, call.SignedAt ?? TimeProvider.System.GetUtcNow());
        return Exchange(call with { Headers = [.. call.Headers, .. signature] });
    }

    public Task<RawReply> SendUnsigned(RawCall call) => Exchange(call);

    /// <summary>Signs, lets the test spoil the request, and sends it as it then is.</summary>
    public Task<RawReply> SendSpoiled(RawCall call, Func<RawCall, RawCall> spoil)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(spoil);
        var signature = SigV4.Sign(call.Message(Host), credentials, call.Region ?? region, call.Service, call.SignedAt ?? TimeProvider.System.GetUtcNow());
        return Exchange(spoil(call with { Headers = [.. call.Headers, .. signature] }));
    }

    /// <summary>The call as a GET whose query carries the signature.</summary>
    public RawCall Presigned(RawCall call, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(call);
        var bare = call with { Method = "GET", Query = Encoding.UTF8.GetString(call.Body.Span), Body = default, Headers = [] };
        return bare with
        {
            Query = SigV4.Presign(bare.Message(Host), credentials, call.Region ?? region, call.Service, call.SignedAt ?? TimeProvider.System.GetUtcNow(), life),
        };
    }

    /// <summary>The request's bytes, for tests that send them in pieces.</summary>
    public byte[] BytesOf(RawCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{call.Method} {call.Path}{(call.Query.Length == 0 ? "" : "?")}{call.Query} HTTP/1.1\r\nHost: {Host}\r\nConnection: close\r\n");
        foreach (var (name, value) in call.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (call.Method != "GET")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {call.Body.Length}\r\n");
        }

        head.Append("\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. call.Body.Span];
    }

    /// <summary>A connection from this client's own address.</summary>
    public async Task<TcpClient> Connect()
    {
        var client = new TcpClient(new IPEndPoint(_source, 0));
        await client.ConnectAsync(endpoint.Host, endpoint.Port);
        return client;
    }

    /// <summary>Reads what the server says until it closes the connection.</summary>
    /// <exception cref="IOException">The connection broke, or ended without a whole reply.</exception>
    public static async Task<RawReply> Read(TcpClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        using var buffer = new MemoryStream();
        await client.GetStream().CopyToAsync(buffer).WaitAsync(Deadline);
        return Parse(buffer.ToArray());
    }

    /// <summary>Sends pieces until they are all sent or the server hangs up, then reads what it said.</summary>
    public async Task<RawReply> ExchangePieces(IEnumerable<byte[]> pieces)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        using var client = await Connect();
        try
        {
            foreach (var piece in pieces)
            {
                await client.GetStream().WriteAsync(piece);
            }
        }
        catch (IOException)
        {
            // the server has answered already and reads no more
        }

        return await Read(client);
    }

    private async Task<RawReply> Exchange(RawCall call)
    {
        using var client = await Connect();
        await client.GetStream().WriteAsync(BytesOf(call));
        return await Read(client);
    }

    private static RawReply Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            throw new IOException($"The connection ended after {bytes.Length} bytes, without a reply.");
        }

        var lines = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2))
            .GroupBy(p => p[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => string.Join(",", g.Select(p => p[1])), StringComparer.OrdinalIgnoreCase);
        var body = bytes.AsSpan(end + 4);
        var whole = headers.GetValueOrDefault("Transfer-Encoding") == "chunked" ? Join(body) : body.ToArray();
        return new RawReply(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(whole));
    }

    private static byte[] Join(ReadOnlySpan<byte> chunks)
    {
        using var joined = new MemoryStream();
        while (true)
        {
            var line = chunks.IndexOf("\r\n"u8);
            var size = int.Parse(Encoding.ASCII.GetString(chunks[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return joined.ToArray();
            }

            joined.Write(chunks.Slice(line + 2, size));
            chunks = chunks[(line + 2 + size + 2)..];
        }
    }

    private static IPAddress NextSource()
    {
        var number = Interlocked.Increment(ref _clients);
        return new IPAddress([127, 1, (byte)((number / 250) + 1), (byte)((number % 250) + 1)]);
    }
}
