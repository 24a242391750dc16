using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Casement.Aws.Signing;

namespace Casement.Clients.Tests.Signing;

/// <summary>Takes requests off the wire byte by byte, keeps them, and answers each with an empty object.</summary>
internal sealed class CaptureListener : IAsyncDisposable
{
    private static readonly byte[] Reply =
        Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n\r\n{}");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public CaptureListener()
    {
        _listener.Start();
        _accepting = Accept();
    }

    public ConcurrentQueue<HttpMessage> Requests { get; } = new();

    public string Url => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _connections.Add(Serve(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // stopped
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var buffer = new List<byte>();
            try
            {
                while (await Read(stream, buffer) is { } message)
                {
                    Requests.Enqueue(message);
                    await stream.WriteAsync(Reply);
                }
            }
            catch (IOException)
            {
                // the client has gone
            }
        }
    }

    private static async Task<HttpMessage?> Read(NetworkStream stream, List<byte> buffer)
    {
        int end;
        while ((end = HeadEnd(buffer)) < 0)
        {
            if (!await More(stream, buffer))
            {
                return null;
            }
        }

        var lines = Encoding.Latin1.GetString([.. buffer.Take(end)]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1].Trim(' '))).ToList();
        var (method, target) = (lines[0].Split(' ')[0], lines[0].Split(' ')[1].Split('?', 2));
        var message = new HttpMessage(method, target[0], target.Length > 1 ? target[1] : "", headers, default);
        var length = int.Parse(message.Header("content-length") ?? "0", CultureInfo.InvariantCulture);
        while (buffer.Count < end + 4 + length)
        {
            if (!await More(stream, buffer))
            {
                return null;
            }
        }

        byte[] body = [.. buffer.Skip(end + 4).Take(length)];
        buffer.RemoveRange(0, end + 4 + length);
        return message with { Body = body };
    }

    private static int HeadEnd(List<byte> buffer)
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer);
        return bytes.IndexOf("\r\n\r\n"u8);
    }

    private static async Task<bool> More(NetworkStream stream, List<byte> buffer)
    {
        var piece = new byte[16_384];
        var length = await stream.ReadAsync(piece);
        buffer.AddRange(piece.AsSpan(0, length));
        return length > 0;
    }
}
