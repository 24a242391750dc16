using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Casement.Agent.Commands;
using Casement.Agent.Ledgers;
using Casement.Agent.Posix;
using Casement.Agent.Server;

namespace Casement.Agent;

/// <summary>The agent from the first line to the last.</summary>
internal sealed class NodeAgent(AgentOptions options, AgentLog log, TimeProvider clock)
{
    internal async Task<int> RunAsync(CancellationToken stop)
    {
        var umask = Libc.Umask(0b000_111_111);
        try
        {
            using var directory = NodeDirectory.Open(options.Directory);
            return await RunAsync(directory, umask, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Stopped;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            log.Say($"{options.Directory} cannot be used: {fault.Message}");
            return ExitCodes.Environment;
        }
    }

    private async Task<int> RunAsync(NodeDirectory directory, uint umask, CancellationToken stop)
    {
        var known = directory.ReadRegistration();
        var endpoint = options.Endpoint ?? (known is null ? null : new Uri(known.Endpoint));
        if (endpoint is null || (known is null && (options.ActivationId is null || options.Code is null)))
        {
            log.Say($"{options.Directory} is not registered: give --endpoint, --activation-id and the activation's code.");
            return ExitCodes.Usage;
        }
        if (endpoint.Scheme == "http" && !endpoint.IsLoopback)
        {
            log.Say($"Warning: {endpoint} is not encrypted; scripts, their parameters and output can be read on the way.");
        }
        using var server = new ServerConnection(endpoint, ReadAuthorities(), clock);
        if (known is null)
        {
            switch (await new Enrolment(server, directory, log, clock).RegisterAsync(
                endpoint, options.Region ?? "us-east-1", options.ActivationId!, options.Code!, stop))
            {
                case ServerAnswer<Registration>.Done(var registration):
                    known = registration;
                    break;
                case ServerAnswer<Registration>.Refused(var code, var message):
                    log.Say($"Registration refused: {code}: {message}");
                    return ExitCodes.RegistrationRefused;
                default:
                    throw new UnreachableException();
            }
        }
        var node = known with { Endpoint = endpoint.ToString(), Region = options.Region ?? known.Region };
        using var key = new NodeKey(directory, options.ReplaceKeyAfter, clock);
        using var session = new NodeSession(server, node, key, log, clock);
        await WorkAsync(node, session, directory, umask, stop);
        return ExitCodes.Stopped;
    }

    private async Task WorkAsync(
        Registration node, NodeSession session, NodeDirectory directory, uint umask, CancellationToken stop)
    {
        var context = new NodeContext(node, Machine.Read(), options.RebootCommand, umask, log, clock);
        var path = Path.Combine(directory.Path, "commands");
        Directory.CreateDirectory(path);
        DurableFile.SyncDirectory(directory.Path);
        var ledger = Ledger.Open(path);
        var desk = new CommandDesk(context, session, ledger);
        var mailbox = new Mailbox(context, session, desk, ledger, options.PollPatience);
        log.Say($"Node {node.InstanceId} works for {node.Endpoint}; scripts run as {Environment.UserName}.");
        desk.Resume(stop);
        try
        {
            // neither ends by itself: a fault of one must end the process, not leave half an agent behind
            await await Task.WhenAny(mailbox.BeatAsync(options.Name, stop), mailbox.PollAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await desk.EndAsync();
            log.Say("Stopped; scripts that run go on, and the next start reports them.");
        }
    }

    private X509Certificate2Collection? ReadAuthorities()
    {
        if (options.AuthoritiesPath is not { } path)
        {
            return null;
        }
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new IOException($"--ca {path} holds no certificate");
    }
}
