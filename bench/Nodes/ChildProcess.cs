using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Casement.Bench.Nodes;

/// <summary>A program that a benchmark started: what it says, line by line, and what it costs.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private const int TerminateSignal = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();

    public ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                _said.Writer.TryComplete();
            }
            else
            {
                _said.Writer.TryWrite(line.Data);
            }
        };
        _process.BeginOutputReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>This program again, told to be something else.</summary>
    public static ChildProcess Self(params string[] arguments) => new(new ProcessStartInfo(Environment.ProcessPath!, arguments));

    /// <summary>Waits for a line that begins so, and answers the rest of it.</summary>
    /// <exception cref="InvalidOperationException">The program ended before.</exception>
    public async Task<string> Hears(string beginning)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await foreach (var line in _said.Reader.ReadAllAsync(deadline.Token))
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line[beginning.Length..].Trim();
            }
        }

        throw new InvalidOperationException($"The program ended without saying '{beginning}'.");
    }

    public Task Tell(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Closes its standard input, and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It ended with another exit code than 0.</exception>
    public async Task End()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        if (_process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The load generator saw errors; it ended with {_process.ExitCode}.");
        }
    }

    /// <summary>Ends it as a service manager does.</summary>
    public async Task Terminate()
    {
        if (!_process.HasExited && Kill(_process.Id, TerminateSignal) == 0)
        {
            using var deadline = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(deadline.Token);
        }
    }

    /// <summary>Resident memory in KiB, as the kernel counts it.</summary>
    public double ResidentKiB() => double.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture);

    /// <summary>Processor time of all its threads so far.</summary>
    public TimeSpan Worked()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
