using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Casement.Bench.Calls;

/// <summary>What a load generator saw.</summary>
/// <param name="Calls">Replies, each of them with status 200.</param>
internal sealed record Seen(int Calls, TimeSpan Elapsed, double P50Ms, double P99Ms)
{
    public double PerSecond => Calls / Elapsed.TotalSeconds;
}

/// <summary>
/// One thread that keeps one request under way on each of its connections and reads the replies with poll(2): so lean that the
/// server has nearly all of the machine. The same generator drives the product, the limits and the peer.
/// </summary>
internal sealed partial class SocketLoad : IDisposable
{
    private const short Readable = 1;
    private readonly IPEndPoint _server;
    private readonly Connection[] _connections;
    private readonly PollEntry[] _polled;

    public SocketLoad(int port, int connections)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new Connection(_server))];
        _polled = new PollEntry[connections];
    }

    /// <summary>Sends the requests in order and again from the first, until the time is over or, when not repeating, none is left.</summary>
    /// <exception cref="InvalidOperationException">A reply was anything but 200: no figure is worth anything then.</exception>
    public Seen Run(Requests requests, TimeSpan time, bool repeat)
    {
        var latencies = new List<long>(1 << 18);
        var next = 0;
        var underWay = 0;
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(time.TotalSeconds * Stopwatch.Frequency);
        foreach (var connection in _connections)
        {
            underWay += Start(connection, requests, ref next, repeat) ? 1 : 0;
        }

        var last = began;
        while (underWay > 0)
        {
            WaitForReplies();
            for (var i = 0; i < _connections.Length; i++)
            {
                var connection = _connections[i];
                if (_polled[i].Happened == 0 || !connection.Receive())
                {
                    continue;
                }

                last = Stopwatch.GetTimestamp();
                latencies.Add(last - connection.SentAt);
                underWay--;
                underWay += last < end && Start(connection, requests, ref next, repeat) ? 1 : 0;
            }
        }

        latencies.Sort();
        return new Seen(latencies.Count, Stopwatch.GetElapsedTime(began, last), Percentile(latencies, 50), Percentile(latencies, 99));
    }

    private static bool Start(Connection connection, Requests requests, ref int next, bool repeat)
    {
        if (next == requests.Count)
        {
            if (!repeat)
            {
                return false;
            }

            next = 0;
        }

        connection.Send(requests[next++]);
        return true;
    }

    private void WaitForReplies()
    {
        for (var i = 0; i < _polled.Length; i++)
        {
            _polled[i] = new PollEntry { Handle = _connections[i].Handle, Wanted = Readable };
        }

        if (Poll(_polled, (nuint)_polled.Length, 10_000) <= 0)
        {
            throw new InvalidOperationException($"The server at {_server} answered nothing for ten seconds.");
        }
    }

    private static double Percentile(List<long> sorted, int percent) =>
        sorted.Count == 0 ? 0 : sorted[(int)((sorted.Count - 1) * (long)percent / 100)] * 1000.0 / Stopwatch.Frequency;

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll([In, Out] PollEntry[] entries, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Handle;
        public short Wanted;
        public short Happened;
    }

    private sealed class Connection : IDisposable
    {
        private readonly IPEndPoint _server;
        private readonly byte[] _buffer = new byte[64 * 1024];
        private Socket _socket;
        private int _have;

        public Connection(IPEndPoint server)
        {
            _server = server;
            _socket = Open();
        }

        public int Handle => (int)_socket.Handle;

        public long SentAt { get; private set; }

        public void Send(ReadOnlySpan<byte> request)
        {
            SentAt = Stopwatch.GetTimestamp();
            _have = 0;
            if (_socket.Send(request) != request.Length)
            {
                throw new InvalidOperationException("A request did not fit into the socket's buffer.");
            }
        }

        /// <summary>Takes what has come; true when the reply is whole.</summary>
        public bool Receive()
        {
            var length = _socket.Receive(_buffer.AsSpan(_have));
            if (length == 0)
            {
                throw new InvalidOperationException("The server closed the connection in the middle of a reply.");
            }

            _have += length;
            var reply = _buffer.AsSpan(0, _have);
            var end = reply.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            var head = reply[..(end + 2)];
            if (_have < end + 4 + BodyLength(head))
            {
                return false;
            }

            if (!head[9..12].SequenceEqual("200"u8))
            {
                throw new InvalidOperationException($"The server answered:\n{Encoding.UTF8.GetString(reply)}");
            }

            if (Find(head, "\r\nConnection: close\r\n"u8) >= 0)
            {
                _socket.Dispose();
                _socket = Open();
            }

            return true;
        }

        private static int BodyLength(ReadOnlySpan<byte> head)
        {
            var name = "\r\nContent-Length: "u8;
            var at = Find(head, name);
            if (at < 0)
            {
                throw new InvalidOperationException($"A reply does not say its length:\n{Encoding.UTF8.GetString(head)}");
            }

            var length = 0;
            foreach (var digit in head[(at + name.Length)..])
            {
                if (!char.IsAsciiDigit((char)digit))
                {
                    break;
                }

                length = (length * 10) + digit - '0';
            }

            return length;
        }

        private static int Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> line) => head.IndexOf(line);

        private Socket Open()
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(_server);
            return socket;
        }

        public void Dispose() => _socket.Dispose();
    }
}

/// <summary>Requests as they go over the wire, made before the measurement.</summary>
internal sealed class Requests
{
    private readonly List<byte[]> _all = [];

    public int Count => _all.Count;

    public ReadOnlySpan<byte> this[int index] => _all[index];

    public void Add(byte[] request) => _all.Add(request);
}
