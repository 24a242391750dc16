using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Casement.Bench.Nodes;

/// <summary>
/// One kept-alive HTTP/1.1 connection, as cheap as a socket can be: a held poll costs no buffer. One exchange at a time.
/// </summary>
internal sealed class Wire(IPEndPoint server, int number) : IDisposable
{
    // ten thousand connections to one port need more than one address of their own
    private const int Addresses = 3;

    private Socket? _socket;

    /// <summary>Sends a request and receives its answer, on a new connection when there is none.</summary>
    /// <exception cref="IOException">The connection broke, or what came is no answer.</exception>
    /// <exception cref="SocketException">The connection could not be made, or broke.</exception>
    public async Task<Answer> Exchange(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        try
        {
            await Send(request, stop);
            return await Receive(stop);
        }
        catch
        {
            Drop();
            throw;
        }
    }

    public async Task Send(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        var socket = _socket ??= await Connect(stop);
        for (var sent = 0; sent < request.Length;)
        {
            sent += await socket.SendAsync(request[sent..], stop);
        }
    }

    public async Task<Answer> Receive(CancellationToken stop)
    {
        var socket = _socket ?? throw new IOException("nothing was sent");
        await socket.ReceiveAsync(Memory<byte>.Empty, stop);
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        var filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                buffer = Larger(buffer);
            }

            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), stop);
            if (read == 0)
            {
                throw new IOException("the server closed the connection within an answer");
            }

            filled += read;
            if (Answer.TryRead(buffer, filled) is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Forgets the connection; the next exchange makes another.</summary>
    public void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Drop();

    private async Task<Socket> Connect(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IPAddress.IsLoopback(server.Address))
            {
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (number % Addresses))]), 0));
            }

            await socket.ConnectAsync(server, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Larger(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}

/// <summary>A whole answer in a rented buffer, given back when disposed.</summary>
internal readonly struct Answer : IDisposable
{
    private readonly byte[] _buffer;
    private readonly int _start;
    private readonly int _length;

    private Answer(byte[] buffer, int status, int start, int length)
    {
        _buffer = buffer;
        Status = status;
        _start = start;
        _length = length;
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_start, _length);

    /// <summary>Null while parts are missing.</summary>
    /// <exception cref="IOException">It is no answer with a length, which all of the server's have.</exception>
    public static Answer? TryRead(byte[] buffer, int filled)
    {
        var received = buffer.AsSpan(0, filled);
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = received[..end];
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (!head.StartsWith("HTTP/1.1 "u8) || at < 0)
        {
            throw new IOException("what came is no answer with a length");
        }

        var body = end + 4;
        var length = Number(head[(at + 18)..]);
        return filled < body + length ? null : new Answer(buffer, Number(head[9..]), body, length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                break;
            }

            number = (number * 10) + digit - '0';
        }

        return number;
    }
}
