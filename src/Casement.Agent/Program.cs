using System.Runtime.InteropServices;
using Casement.Agent;
using Casement.Agent.Posix;
using Casement.Agent.Supervision;

if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync("casement-agent runs on Linux only.");
    return ExitCodes.Environment;
}
if (args is ["supervise", var run])
{
    return Supervisor.Run(run, TimeProvider.System);
}
if (args is ["--help" or "-h"])
{
    await Console.Out.WriteLineAsync(AgentOptions.Usage);
    return 0;
}
if (AgentOptions.TryParse(args, out var options) is { } fault)
{
    await Console.Error.WriteLineAsync($"casement-agent: {fault}");
    await Console.Error.WriteLineAsync(AgentOptions.Usage);
    return ExitCodes.Usage;
}
if (options.OwnSession)
{
    // fails where the agent leads a session or group of its own already, which is as good
    _ = Libc.SetSid();
}
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
var log = new AgentLog(Console.Error, TimeProvider.System, options.Verbose);
return await new NodeAgent(options, log, TimeProvider.System).RunAsync(stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
