using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Casement.Aws.Signing;

namespace Casement.Bench.Start;

/// <summary>A server that was just started: when it listened, when it first answered, what it takes.</summary>
internal sealed partial class Running : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly long _started;

    private Running(Process process, long started, int port)
    {
        _process = process;
        _started = started;
        Port = port;
    }

    public int Port { get; }

    /// <summary>From just before the exec to the first signed answer.</summary>
    public double ReplyMs { get; private set; }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts it and asks as soon as a connection is taken.</summary>
    /// <param name="argumentsFor">The arguments for a port.</param>
    /// <param name="credentials">Read when the server listens.</param>
    public static Running Start(string executable, Func<int, string[]> argumentsFor, Func<AwsCredentials> credentials)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(executable, argumentsFor(port)) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DOTNET_ROOT");
        start.Environment["XDG_RUNTIME_DIR"] = Path.GetTempPath();
        var started = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var running = new Running(process, started, port);
        try
        {
            running.AwaitReply(credentials);
            return running;
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }

    /// <summary>Resident and proportional size, in MiB: what is shared with others counts in part in the second.</summary>
    public (double Resident, double Proportional) Memory() => MemoryOf(_process.Id);

    public static (double Resident, double Proportional) MemoryOf(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return (Of("Rss:"), Of("Pss:"));

        double Of(string name) => double.Parse(
            lines.Single(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>A signed call of the port; throws when the answer is not 200.</summary>
    public static string Call(int port, AwsCredentials by, string service, string body, params KeyValuePair<string, string>[] more)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        return Exchange(client, port, by, service, body, more);
    }

    private void AwaitReply(Func<AwsCredentials> credentials)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                client.Connect(IPAddress.Loopback, Port);
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(_started) < Patience)
            {
                Thread.Sleep(1);
                continue;
            }

            Exchange(client, Port, credentials(), "sts", "Action=GetCallerIdentity&Version=2011-06-15", [new("Content-Type", "application/x-www-form-urlencoded")]);
            ReplyMs = Stopwatch.GetElapsedTime(_started).TotalMilliseconds;
            return;
        }
    }

    private static string Exchange(TcpClient client, int port, AwsCredentials by, string service, string body, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        List<KeyValuePair<string, string>> headers = [new("Host", $"127.0.0.1:{port}"), .. more];
        var bytes = Encoding.UTF8.GetBytes(body);
        headers.AddRange(SigV4.Sign(new HttpMessage("POST", "/", "", headers, bytes), by, "us-east-1", service, DateTimeOffset.UtcNow));
        var head = $"POST / HTTP/1.1\r\n{string.Concat(headers.Select(h => $"{h.Key}: {h.Value}\r\n"))}Content-Length: {bytes.Length}\r\nConnection: close\r\n\r\n";
        var stream = client.GetStream();
        stream.Write([.. Encoding.ASCII.GetBytes(head), .. bytes]);
        using var reader = new StreamReader(stream);
        var reply = reader.ReadToEnd();
        return reply.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || reply.StartsWith("HTTP/1.0 200", StringComparison.Ordinal)
            ? reply
            : throw new InvalidOperationException($"Refused: {reply}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Signal(_process.Id, Terminate);
            if (!_process.WaitForExit(10_000))
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int pid, int signal);
}
