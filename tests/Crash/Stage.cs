using System.Net;
using System.Net.Sockets;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;

namespace Casement.Crash.Tests;

/// <summary>
/// A durable server and its node, of which one dies once, at a named step. Whoever asks and hears nothing waits for the death,
/// starts the dead again as an operator does, and asks again: a story over it reads as if nobody ever died.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int PortsFrom = 20_000;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(30);

    // a message that was lost on its way comes again after a minute
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(110);
    private static readonly TimeSpan DeathDeadline = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, string> Unarmed = [];
    private static int _ports = Environment.ProcessId % 5_000;

    private readonly Seed _seed;
    private Agent? _agent;
    private string _point;
    private int _passage;

    private Stage(Seed seed, CasementServer server, string point, int passage) => (_seed, Server, _point, _passage) = (seed, server, point, passage);

    public CasementServer Server { get; }

    public Seed Seed => _seed;

    public string NodeDirectory => Seed.NodeIn(Server.Root);

    /// <summary>Where the scripts write a line a run.</summary>
    public string Runs => Path.Combine(Server.Root, "runs");

    public string Point => _point;

    /// <summary>Whether the step was reached, by word of the process that died there.</summary>
    public bool Died { get; private set; }

    /// <summary>How many runs nobody can tell the end of, since their agent or supervisor died where it may not start them again.</summary>
    public int Losses { get; private set; }

    /// <summary>Request ids of writes that were answered with success.</summary>
    public List<string> Acknowledged { get; } = [];

    /// <summary>Request ids of calls that were answered with a denial.</summary>
    public List<string> Denied { get; } = [];

    /// <summary>Options of the agent beside endpoint and directory.</summary>
    public string[] AgentOptions { get; set; } = [];

    /// <summary>A copy of the seed under a server that dies at the n-th passage of a step, unless the step is a node's.</summary>
    public static async Task<Stage> Start(Seed seed, string point, int passage = 1, Func<string, Task>? before = null)
    {
        var root = await seed.Copy();
        if (before is not null)
        {
            await before(root);
        }

        string[] port = ["--port", $"{NextPort()}"];
        var server = await CasementServer.StartOn(root, port, Steps.IsNodes(point) ? Unarmed : Arm(point, passage));
        return new Stage(seed, server, point, passage);
    }

    /// <summary>For a server that several stories share: the next node's step to die at.</summary>
    public async Task Rearm(string point, int passage)
    {
        if (_agent is { } agent)
        {
            await agent.DisposeAsync();
            _agent = null;
        }

        (_point, _passage, Died) = (point, passage, false);
    }

    /// <summary>Starts the node unless it runs.</summary>
    public void StartNode() => _agent ??= Agent.Start(
        Server, NodeDirectory, Steps.IsNodes(_point) && !Died ? $"{_point}:{_passage}" : null, AgentOptions);

    public async Task KillNode()
    {
        await _agent!.DisposeAsync();
        _agent = null;
    }

    /// <summary>A write that succeeds in the end. The request is made anew for every attempt.</summary>
    public async Task<RawReply> Write(Func<RawCall> request)
    {
        var reply = await Call(request);
        Assert.True(reply.Status == 200, $"{reply.Status} {reply.Text}");
        Acknowledged.Add(reply.Headers["x-amzn-RequestId"]);
        return reply;
    }

    public async Task<RawReply> Read(RawCall request)
    {
        var reply = await Call(() => request);
        Assert.True(reply.Status == 200, $"{reply.Status} {reply.Text}");
        return reply;
    }

    public async Task Deny(RawCall request)
    {
        var reply = await Call(() => request, _seed.Nobody);
        Assert.Equal("AccessDeniedException", reply.Code);
        Denied.Add(reply.Headers["x-amzn-RequestId"]);
    }

    /// <summary>Waits for a fact, over the death.</summary>
    public async Task Until(string what, Func<Task<bool>> fact)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await fact())
        {
            if (TimeProvider.System.GetElapsedTime(since) > Patience)
            {
                Assert.Fail($"Waited in vain until {what}. The server said: {Server.Errors}\nThe agent said: {_agent?.Said}");
            }

            await Task.Delay(Glance, TimeProvider.System, TestContext.Current.CancellationToken);
            await Mend();
        }
    }

    /// <summary>The step may lie behind all that a client can see: then the death is still to come.</summary>
    public async Task AwaitDeath()
    {
        if (Steps.IsSupervisors(_point))
        {
            // the run that it has lost is looked for at the end
            Died = true;
            Losses++;
        }
        else if (!Died)
        {
            await Task.WhenAny(Steps.IsNodes(_point) ? _agent!.Exited : Server.Exited, Task.Delay(DeathDeadline, TimeProvider.System));
            await Mend();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    private static Dictionary<string, string> Arm(string point, int passage) => new() { ["CASEMENT_CRASH_AT"] = $"{point}:{passage}" };

    private async Task<RawReply> Call(Func<RawCall> request, AwsCredentials? by = null)
    {
        while (true)
        {
            try
            {
                return await Server.Raw(by).Send(request());
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await Server.Exited.WaitAsync(DeathDeadline);
                await Mend();
            }
        }
    }

    private async Task Mend()
    {
        if (Server.Exited.IsCompleted)
        {
            Bury(await Server.Exited, Server.Errors, Steps.IsNodes(_point));
            await Server.StartAgain(Unarmed);
        }

        if (_agent is { Exited.IsCompleted: true } dead)
        {
            Bury(await dead.Exited, dead.Said, !Steps.IsNodes(_point));
            await dead.DisposeAsync();
            _agent = null;
            StartNode();
        }
    }

    private void Bury(int exitCode, string lastWords, bool isTheWrongOne)
    {
        Assert.False(Died || isTheWrongOne, $"Nobody asked for this death: {exitCode}\n{lastWords}");
        Assert.True(exitCode == 137 && lastWords.Contains(CrashPoint.Epitaph(_point, _passage), StringComparison.Ordinal), $"{exitCode}\n{lastWords}");
        Died = true;
        Losses += Steps.LosesTheRun(_point) ? 1 : 0;
    }

    // below those that the system gives to outgoing connections: an agent that looks for a dead server must not find itself there
    private static int NextPort()
    {
        while (true)
        {
            var port = PortsFrom + (Interlocked.Increment(ref _ports) % 10_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // taken: the next one
            }
        }
    }
}
