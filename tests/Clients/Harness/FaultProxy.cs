using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Casement.Clients.Tests.Harness;

/// <summary>One request on its way through the proxy.</summary>
/// <param name="Number">Its place among all requests, from 1.</param>
/// <param name="Operation">What comes after the dot of X-Amz-Target.</param>
/// <param name="Bytes">Head and body, as the client sent them.</param>
internal sealed record Exchange(int Number, string Operation, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}

/// <summary>What the network does to an exchange.</summary>
internal abstract record NetworkFault
{
    private NetworkFault()
    {
    }

    public sealed record None : NetworkFault;

    /// <summary>The request arrives after a while.</summary>
    public sealed record Delay(TimeSpan Time) : NetworkFault;

    /// <summary>The client's connection is reset before anything reached the server.</summary>
    public sealed record CutBefore : NetworkFault;

    /// <summary>Half of the request reaches the server.</summary>
    public sealed record CutRequest : NetworkFault;

    /// <summary>Half of the server's answer reaches the client.</summary>
    public sealed record CutAnswer : NetworkFault;

    /// <summary>The server has answered, and none of it reaches the client.</summary>
    /// <param name="When">Which answers; null for all.</param>
    public sealed record LoseAnswer(Func<string, bool>? When = null) : NetworkFault;

    /// <summary>The server gets the request twice, both at once.</summary>
    public sealed record Twice : NetworkFault;

    /// <summary>The client's connection is cut; the request is kept, to arrive when <see cref="FaultProxy.Deliver"/> says so.</summary>
    public sealed record Keep : NetworkFault;

    /// <summary>Half-open: whatever the client sends is taken and never answered, until the client gives up.</summary>
    public sealed record Swallow : NetworkFault;

    /// <summary>The request's body arrives byte by byte.</summary>
    public sealed record Dribble(TimeSpan EachByte) : NetworkFault;

    /// <summary>The answer arrives byte by byte.</summary>
    public sealed record DribbleAnswer(TimeSpan EachByte) : NetworkFault;
}

/// <summary>
/// Stands between nodes and their server and does what networks do, as a test decides for each request. Knows as much of HTTP/1.1 as
/// shows where a request and an answer end, and changes no byte of them.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Func<Uri> _server;
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private TcpListener? _listener;
    private int _numbers;
    private int _lost;
    private int _resetAtOnce;

    public FaultProxy(Func<Uri> server)
    {
        _server = server;
        _listener = Listen(0);
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public Uri Endpoint => new($"http://127.0.0.1:{_port}");

    /// <summary>What becomes of a request.</summary>
    public Func<Exchange, NetworkFault> Fate { get; set; } = _ => new NetworkFault.None();

    /// <summary>Resets each new connection as soon as it is there.</summary>
    public bool Resets { get; set; }

    /// <summary>How many connections were reset so.</summary>
    public int ResetAtOnce => Volatile.Read(ref _resetAtOnce);

    /// <summary>Requests that were kept from the server, in order.</summary>
    public ConcurrentQueue<Exchange> Kept { get; } = new();

    /// <summary>All requests so far, by operation.</summary>
    public ConcurrentQueue<Exchange> Seen { get; } = new();

    /// <summary>Answers that were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Connections of clients that are open now.</summary>
    public int Open => _open.Count;

    /// <summary>Cuts every connection there is.</summary>
    public void CutAll()
    {
        foreach (var client in _open.Keys)
        {
            Reset(client);
        }
    }

    /// <summary>Nothing listens any more: connections are refused.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        _listener = null;
        CutAll();
    }

    public void Accept() => _listener ??= Listen(_port);

    /// <summary>Sends a kept request to the server now, whoever waited for it being long gone; answers the status.</summary>
    public async Task<int> Deliver(Exchange kept)
    {
        using var server = await Connect();
        await server.GetStream().WriteAsync(kept.Bytes, _stop.Token);
        var answer = await new Incoming(server.GetStream()).Message(_stop.Token) ?? throw new IOException("The server gave no answer.");
        return int.Parse(Encoding.ASCII.GetString(answer, 9, 3), CultureInfo.InvariantCulture);
    }

    private async Task DeliverOnce(Exchange exchange)
    {
        try
        {
            await Deliver(exchange);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // nobody waits for this one
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Refuse();
        _stop.Dispose();
    }

    private TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start(512);
        _ = AcceptFrom(listener);
        return listener;
    }

    private async Task AcceptFrom(TcpListener listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(_stop.Token);
                _ = Serve(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task Serve(TcpClient client)
    {
        _open.TryAdd(client, true);
        try
        {
            if (Resets)
            {
                Interlocked.Increment(ref _resetAtOnce);
                Reset(client);
                return;
            }

            client.NoDelay = true;
            var incoming = new Incoming(client.GetStream());
            while (await incoming.Message(_stop.Token) is { } request)
            {
                var exchange = new Exchange(Interlocked.Increment(ref _numbers), OperationOf(request), request);
                Seen.Enqueue(exchange);
                if (!await Carry(exchange, client, incoming))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // one of the two has hung up
        }
        finally
        {
            _open.TryRemove(client, out _);
            client.Dispose();
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> Carry(Exchange exchange, TcpClient client, Incoming incoming)
    {
        var fate = Fate(exchange);
        switch (fate)
        {
            case NetworkFault.CutBefore:
                Reset(client);
                return false;
            case NetworkFault.Keep:
                Kept.Enqueue(exchange);
                Reset(client);
                return false;
            case NetworkFault.Swallow:
                await incoming.HungUp(_stop.Token);
                return false;
            case NetworkFault.Delay(var time):
                await Task.Delay(time, TimeProvider.System, _stop.Token);
                break;
            case NetworkFault.Twice:
                _ = DeliverOnce(exchange);
                break;
            default:
                break;
        }

        using var server = await Connect();
        await Send(exchange, fate, server);
        if (fate is NetworkFault.CutRequest)
        {
            Reset(server);
            Reset(client);
            return false;
        }

        // a client that gives up while it waits is gone for the server, too
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var answering = new Incoming(server.GetStream()).Message(over.Token);
        if (await Task.WhenAny(answering, incoming.More(over.Token)) != answering || await answering is not { } answer)
        {
            await over.CancelAsync();
            Reset(server);
            return false;
        }

        return await Answer(answer, fate, client);
    }

    private async Task Send(Exchange exchange, NetworkFault fate, TcpClient server)
    {
        var bytes = fate is NetworkFault.CutRequest ? exchange.Bytes.AsMemory(0, exchange.Bytes.Length / 2) : exchange.Bytes;
        if (fate is not NetworkFault.Dribble(var pause))
        {
            await server.GetStream().WriteAsync(bytes, _stop.Token);
            return;
        }

        var body = exchange.Bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        await server.GetStream().WriteAsync(bytes[..body], _stop.Token);
        for (var i = body; i < bytes.Length; i++)
        {
            await server.GetStream().WriteAsync(bytes.Slice(i, 1), _stop.Token);
            await Task.Delay(pause, TimeProvider.System, _stop.Token);
        }
    }

    private async Task<bool> Answer(byte[] answer, NetworkFault fate, TcpClient client)
    {
        switch (fate)
        {
            case NetworkFault.LoseAnswer(var when) when when is null || when(Encoding.UTF8.GetString(answer)):
                Interlocked.Increment(ref _lost);
                Reset(client);
                return false;
            case NetworkFault.CutAnswer:
                await client.GetStream().WriteAsync(answer.AsMemory(0, answer.Length / 2), _stop.Token);
                client.Client.Shutdown(SocketShutdown.Both);
                return false;
            case NetworkFault.DribbleAnswer(var pause):
                for (var i = 0; i < answer.Length; i++)
                {
                    await client.GetStream().WriteAsync(answer.AsMemory(i, 1), _stop.Token);
                    await Task.Delay(pause, TimeProvider.System, _stop.Token);
                }

                return true;
            default:
                await client.GetStream().WriteAsync(answer, _stop.Token);
                return true;
        }
    }

    private async Task<TcpClient> Connect()
    {
        var server = new TcpClient { NoDelay = true };
        try
        {
            await server.ConnectAsync(_server().Host, _server().Port, _stop.Token);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private static void Reset(TcpClient connection)
    {
        try
        {
            connection.LingerState = new LingerOption(true, 0);
            connection.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
        {
            // it is closed already
        }
    }

    private static string OperationOf(byte[] request)
    {
        var text = Encoding.UTF8.GetString(request);
        var at = text.IndexOf("X-Amz-Target:", StringComparison.OrdinalIgnoreCase);
        var line = at < 0 ? "" : text[at..text.IndexOf('\r', at)];
        return line[(line.LastIndexOf('.') + 1)..];
    }

    /// <summary>What comes in on a connection, message by message.</summary>
    private sealed class Incoming(NetworkStream stream)
    {
        private readonly byte[] _block = new byte[16 * 1024];
        private readonly List<byte> _have = [];
        private Task<int>? _reading;

        /// <summary>The next whole message; null when the other side has hung up.</summary>
        public async Task<byte[]?> Message(CancellationToken stop)
        {
            while (true)
            {
                if (Length() is { } length && _have.Count >= length)
                {
                    var message = _have[..length].ToArray();
                    _have.RemoveRange(0, length);
                    return message;
                }

                if (!await Read(stop))
                {
                    return null;
                }
            }
        }

        /// <summary>Completes when anything comes, or the other side hangs up.</summary>
        public Task More(CancellationToken stop) => _reading ??= stream.ReadAsync(_block, stop).AsTask();

        public async Task HungUp(CancellationToken stop)
        {
            while (await Read(stop))
            {
            }
        }

        private async Task<bool> Read(CancellationToken stop)
        {
            _reading ??= stream.ReadAsync(_block, stop).AsTask();
            var count = await _reading;
            _reading = null;
            _have.AddRange(_block.AsSpan(0, count));
            return count > 0;
        }

        // null while too little of it is here to say
        private int? Length()
        {
            var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_have);
            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return null;
            }

            var head = Encoding.ASCII.GetString(bytes[..end]).Split("\r\n");
            if (head.Any(h => h.Equals("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase)))
            {
                var last = bytes[(end + 2)..].IndexOf("\r\n0\r\n\r\n"u8);
                return last < 0 ? null : end + 2 + last + 7;
            }

            var length = head.FirstOrDefault(h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            return end + 4 + (length is null ? 0 : int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture));
        }
    }
}
