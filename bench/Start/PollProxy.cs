using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Casement.Bench.Start;

/// <summary>Stands between an agent and its server, and notes when the first poll went by: then the agent is ready.</summary>
internal sealed class PollProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _serverPort;
    private readonly TaskCompletionSource<long> _polled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PollProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The instant of the first poll, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public Task<long> Polled => _polled.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Relay(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // disposed
        }
    }

    private async Task Relay(TcpClient agent)
    {
        using (agent)
        {
            using var server = new TcpClient { NoDelay = true };
            agent.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, _serverPort);
            await Task.WhenAny(Copy(agent, server, Look), Copy(server, agent, _ => { }));
        }
    }

    private void Look(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("MessageDeliveryService.GetMessages"u8) >= 0)
        {
            _polled.TrySetResult(Stopwatch.GetTimestamp());
        }
    }

    private delegate void Seen(ReadOnlySpan<byte> bytes);

    private static async Task Copy(TcpClient from, TcpClient to, Seen seen)
    {
        try
        {
            var buffer = new byte[32 * 1024];
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var length)
            {
                seen(buffer.AsSpan(0, length));
                await to.GetStream().WriteAsync(buffer.AsMemory(0, length));
            }
        }
        catch (IOException)
        {
            // one of them hung up
        }
    }
}
