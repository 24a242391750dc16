using System.Globalization;
using System.Net;
using Casement.Cli.Calls;
using Casement.Cli.Demo;
using Casement.Cli.Posix;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Up;

/// <summary>One <c>up</c>, from the first process to the last.</summary>
internal sealed class UpSession(UpOptions options, Invocation invocation)
{
    private static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DeathPatience = TimeSpan.FromSeconds(1);
    private readonly Terminal _terminal = invocation.Terminal;
    private readonly TimeProvider _time = invocation.Time;

    internal async Task<int> Run()
    {
        var started = _time.GetTimestamp();
        await LetOrphanEnd();
        var first = options.Data is null || !File.Exists(AdminKey.PathIn(options.Data));
        using var server = await ServerProcess.Start(options, _terminal, _time);
        Ready ready;
        try
        {
            ready = await server.Ready(options.Data, _terminal, invocation.Stop);
        }
        catch (OperationCanceledException)
        {
            await server.Stop(invocation.Interrupts.StopNow);
            return ExitCodes.Done;
        }

        using var admin = new ServerClient(ready.Address, AdminKey.Read(ready.Data), TimeSpan.FromSeconds(60), _time);
        new UpRecord(Environment.ProcessId, ready.Pid, UpRecord.Read(ready.Data)?.Agent ?? 0, UpRecord.Read(ready.Data)?.AgentEndpoint)
            .Write(ready.Data);
        var node = options.LocalNode ? new LocalNode(ready, admin, _terminal, _time) : null;
        try
        {
            return await Serve(ready, server, admin, node, first, started);
        }
        catch (OperationCanceledException) when (invocation.Stop.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        finally
        {
            await End(ready, server, node);
        }
    }

    private async Task<int> Serve(
        Ready ready, ServerProcess server, ServerClient admin, LocalNode? node, bool first, long started)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(invocation.Stop);
        var ended = server.Ended(over.Token);
        var work = Work(ready, admin, node, new Beginning(first, started), over.Token);
        try
        {
            if (await Task.WhenAny(ended, work) == work)
            {
                return await work;
            }

            invocation.Stop.ThrowIfCancellationRequested();
            throw await server.Death();
        }
        catch (FailureException failure) when (failure.ExitCode == ExitCodes.Environment)
        {
            // a call that got no answer, perhaps because the server is just dying
            await Task.WhenAny(ended, Task.Delay(DeathPatience, _time, CancellationToken.None));
            throw ended.IsCompletedSuccessfully ? await server.Death() : failure;
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> Work(Ready ready, ServerClient admin, LocalNode? node, Beginning beginning, CancellationToken stop)
    {
        var id = node is null ? null : await StartNode(node, stop);
        Greet(ready, node, id, beginning);
        if (options.Demo)
        {
            var demo = id is null
                ? throw FailureException.Environment("The demo needs the local node.")
                : await new DemoRun(ready, admin, new DemoStage(_terminal, _time), id).Run(stop);
            Document(ready, id, demo.Answer);
            if (options.ExitAfterDemo)
            {
                return demo.ExitCode;
            }

            _terminal.Tell($"The server goes on at {ready.Endpoint}. Ctrl-C stops it.");
        }
        else
        {
            Document(ready, id, null);
        }

        await (id is null ? Task.Delay(Timeout.InfiniteTimeSpan, _time, stop) : node!.Keep(stop));
        return ExitCodes.Done;
    }

    /// <summary>A server without its local node is still a server, unless the demo was asked for.</summary>
    private async Task<string?> StartNode(LocalNode node, CancellationToken stop)
    {
        try
        {
            return await node.Start(stop);
        }
        catch (FailureException failure) when (!options.Demo)
        {
            _terminal.Complain($"No local node: {failure.Message}");
        }
        catch (RefusalException refusal) when (!options.Demo)
        {
            _terminal.Complain($"No local node: {refusal.Code}: {refusal.Message}");
        }

        return null;
    }

    private void Greet(Ready ready, LocalNode? node, string? id, Beginning beginning)
    {
        var data = ShownPath(ready.Data);
        var uri = new Uri(ready.Endpoint);
        var reach = IsLoopback(uri) && options.IsLocal ? "this machine only" : "reachable from other machines";
        _terminal.Tell($"Casement {CommandLine.Version}   data {data}{(ready.Ephemeral ? ", gone when it stops" : "")}");
        _terminal.Tell($"Listening on {ready.Endpoint}   region {ready.Region}   {reach}, {(uri.Scheme == "https" ? "TLS" : "no TLS")}");
        if (beginning.First)
        {
            _terminal.Tell($"First start: account {ready.Account}, user admin, one access key in {ShownPath(AdminKey.PathIn(ready.Data))}, mode 0600.");
        }

        if (id is not null)
        {
            _terminal.Tell($"Node {id}{(node!.Adopted ? ", its agent still alive from before" : "")}: scripts run as you ({Environment.UserName}), on this machine.");
        }

        var own = Invocation.OwnName;
        var found = options.Data == Path.GetFullPath(UpOptions.DefaultData) ? "" : $" --data {ShellText.Word(ready.Data)}";
        _terminal.Tell("Type in another shell:");
        _terminal.Tell($"  eval \"$({own} env{found})\"");
        _terminal.Tell("  aws sts get-caller-identity");
        _terminal.Tell(id is null
            ? "  aws ssm describe-maintenance-windows"
            : $"  aws ssm send-command --document-name AWS-RunShellScript --instance-ids {id} --parameters commands=hostname");
        var seconds = _time.GetElapsedTime(beginning.Started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        _terminal.Tell(Tone.Done, $"Ready in {seconds} s. Ctrl-C stops it, never a running script.");
    }

    private void Document(Ready ready, string? node, DemoAnswer? demo)
    {
        if (_terminal.Json)
        {
            _terminal.Answer(
                new UpAnswer(
                    1, ready.Endpoint, ready.Region, ready.Account, ready.Data, ready.Pid, ready.Ephemeral, ready.CaFile, node, demo),
                AnswerJson.Plain.UpAnswer);
        }
    }

    /// <summary>The agent first: an ephemeral server takes the agent's directory with it.</summary>
    private async Task End(Ready ready, ServerProcess server, LocalNode? node)
    {
        if (invocation.Stop.IsCancellationRequested)
        {
            _terminal.Say("Stopping. Scripts that run go on; a second Ctrl-C stops at once.");
        }

        if (node is not null)
        {
            await node.Stop(invocation.Interrupts.StopNow);
        }

        await server.Stop(invocation.Interrupts.StopNow);
        UpRecord.Remove(ready.Data);
    }

    /// <summary>The server of an <c>up</c> that was killed is told to stop by the kernel, and may still be at it.</summary>
    private async Task LetOrphanEnd()
    {
        if (options.Data is null || UpRecord.Read(options.Data) is not { } record || LivingProcess.Lives(record.Up)
            || !LivingProcess.Lives(record.Server) || !LivingProcess.WasGiven(record.Server, options.Data))
        {
            return;
        }

        _terminal.Say($"The server of an earlier start (process {record.Server}) is stopping; waiting for it.");
        LivingProcess.Terminate(record.Server);
        await LivingProcess.Ends(record.Server, OrphanPatience, _time, invocation.Stop);
    }

    private static bool IsLoopback(Uri uri) => uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    private static string ShownPath(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }

    private sealed record Beginning(bool First, long Started);
}
