using System.Diagnostics;
using Casement.Cli.Posix;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Up;

/// <summary>The server as a child of <c>up</c>.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _read;
    private volatile string _lastError = "";

    private ServerProcess(Process process, Terminal terminal, TimeProvider time)
    {
        _process = process;
        _time = time;
        _read = Task.WhenAll(
            Follow(process.StandardOutput, terminal, isError: false), Follow(process.StandardError, terminal, isError: true));
    }

    internal int Id => _process.Id;

    internal static async Task<ServerProcess> Start(UpOptions options, Terminal terminal, TimeProvider time)
        => new(await Spawner.Server(Executables.Server(), options.ServerArguments), terminal, time);

    /// <summary>Waits until it takes calls.</summary>
    /// <exception cref="FailureException">It ended before; its last line and its exit code are the failure's.</exception>
    internal async Task<Ready> Ready(string? data, Terminal terminal, CancellationToken stop)
    {
        string[] places =
        [
            .. data is null ? Array.Empty<string>() : [Path.Combine(data, "server.json")],
            Path.Combine(RunningServer.RuntimeDirectory(), $"{Id}.json"),
        ];
        var started = _time.GetTimestamp();
        var slow = false;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (places.Select(Servers.Ready.Read).FirstOrDefault(ready => ready?.Pid == Id) is { } ready)
            {
                return ready;
            }

            if (_process.HasExited)
            {
                throw await Death();
            }

            if (!slow && _time.GetElapsedTime(started) > SlowStart)
            {
                slow = true;
                terminal.Say("The server is still starting…");
            }

            await Task.Delay(Glance, _time, CancellationToken.None);
        }
    }

    internal Task Ended(CancellationToken stop) => _process.WaitForExitAsync(stop);

    /// <summary>What to say of a server that ended by itself.</summary>
    internal async Task<FailureException> Death()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        // a child of the server may hold its streams open
        await Task.WhenAny(_read, Task.Delay(LastWordsPatience, _time, CancellationToken.None));
        var code = _process.ExitCode;
        return code is ExitCodes.Environment or ExitCodes.Usage && _lastError.Length > 0
            ? new FailureException(code, _lastError)
            : new FailureException(
                code == ExitCodes.Environment ? code : ExitCodes.AnythingElse,
                $"The server ended by itself with exit code {code}{(_lastError.Length > 0 ? $": {_lastError}" : ", saying nothing")}");
    }

    /// <summary>Asks it to drain and end; after a second interrupt, or when it takes too long, makes it end.</summary>
    /// <returns>Its exit code.</returns>
    internal async Task<int> Stop(CancellationToken now)
    {
        if (!_process.HasExited)
        {
            LivingProcess.Terminate(Id);
            if (!await LivingProcess.Ends(Id, DrainPatience, _time, now))
            {
                LivingProcess.Kill(Id);
            }
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

    private async Task Follow(StreamReader stream, Terminal terminal, bool isError)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            if (isError && line.Length > 0)
            {
                _lastError = PlainText.WithoutControls(line);
            }

            if (terminal.Verbose)
            {
                terminal.Say(PlainText.WithoutControls(line));
            }
        }
    }
}
