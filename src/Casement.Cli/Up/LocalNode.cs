using Casement.Cli.Calls;
using Casement.Cli.Posix;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Up;

/// <summary>
/// This machine as a node: enrolled by the same public calls as any other, worked for by an ordinary agent process. An
/// agent that outlived an earlier <c>up</c> is adopted, one that was told of another endpoint is replaced; one that dies is
/// started again.
/// </summary>
internal sealed class LocalNode(Ready ready, ServerClient admin, Terminal terminal, TimeProvider time)
{
    private const string Role = "service-role/AmazonEC2RunCommandRoleForManagedInstances";
    private const string CodeVariable = "CASEMENT_ACTIVATION_CODE";
    private static readonly TimeSpan RegisterPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly NodeFolder _folder = new(ready.Data);

    /// <summary>0 without one.</summary>
    internal int AgentId { get; private set; }

    internal bool Adopted { get; private set; }

    internal string Folder => _folder.Path;

    /// <returns>The node's id.</returns>
    /// <exception cref="FailureException">There is no agent to start, or it could not make this machine a node.</exception>
    internal async Task<string> Start(CancellationToken stop)
    {
        _folder.Make();
        if (_folder.Agent() is { } living && await Adopt(living, stop))
        {
            return await Registered(living, stop);
        }

        string[] extra = [];
        Dictionary<string, string> environment = [];
        if (await KnownNode(stop) is null)
        {
            var activation = await admin.Ssm(
                "CreateActivation", new CreateActivationRequest(Role, Environment.MachineName, 1),
                WireJson.Plain.CreateActivationRequest, WireJson.Plain.CreateActivationReply, stop);
            extra = ["--activation-id", activation.ActivationId ?? ""];
            environment[CodeVariable] = activation.ActivationCode ?? "";
        }

        StartAgent(extra, environment);
        return await Registered(AgentId, stop);
    }

    /// <summary>Starts the agent again whenever it dies, until it is told to stop.</summary>
    internal async Task Keep(CancellationToken stop)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (!stop.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            while (LivingProcess.Lives(AgentId))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop);
            }

            pause = time.GetElapsedTime(started) > LongestPause ? TimeSpan.FromSeconds(1) : pause;
            terminal.Say(Tone.Look, $"The local agent ended: {_folder.LastLogLine()} It is started again in {pause.TotalSeconds:0} s.");
            await Task.Delay(pause, time, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            if (_folder.Agent() is { } other)
            {
                AgentId = other;
            }
            else
            {
                StartAgent([], new Dictionary<string, string>());
            }
        }
    }

    /// <summary>Ends the agent; scripts go on, and the next start reports them.</summary>
    internal async Task Stop(CancellationToken now)
    {
        if (AgentId > 0 && LivingProcess.Lives(AgentId))
        {
            LivingProcess.Terminate(AgentId);
            if (!await LivingProcess.Ends(AgentId, StopPatience, time, now))
            {
                LivingProcess.Kill(AgentId);
            }
        }
    }

    private void StartAgent(IReadOnlyList<string> extra, IReadOnlyDictionary<string, string> environment)
    {
        List<string> arguments = ["--endpoint", ready.Endpoint, "--dir", _folder.Path, "--region", ready.Region];
        if (ready.CaFile is { } authority)
        {
            arguments.AddRange(["--ca", authority]);
        }

        var process = Spawner.Agent(Executables.Agent(), [.. arguments, .. extra], _folder.Log, environment);
        AgentId = process.Id;
        new UpRecord(Environment.ProcessId, ready.Pid, AgentId, ready.Endpoint).Write(ready.Data);
    }

    /// <returns>False when it had to go and another must be started.</returns>
    private async Task<bool> Adopt(int living, CancellationToken stop)
    {
        var record = UpRecord.Read(ready.Data);
        if (record?.Agent == living && record.AgentEndpoint != ready.Endpoint)
        {
            terminal.Say($"An agent from before still works for {record.AgentEndpoint}; it is replaced.");
            LivingProcess.Terminate(living);
            if (!await LivingProcess.Ends(living, StopPatience, time, stop))
            {
                stop.ThrowIfCancellationRequested();
                LivingProcess.Kill(living);
                await LivingProcess.Ends(living, StopPatience, time, stop);
            }

            return false;
        }

        AgentId = living;
        Adopted = true;
        new UpRecord(Environment.ProcessId, ready.Pid, living, ready.Endpoint).Write(ready.Data);
        return true;
    }

    /// <summary>The node that this machine is already, if the server still knows it.</summary>
    private async Task<string?> KnownNode(CancellationToken stop)
    {
        if (_folder.NodeId() is not { } id)
        {
            return null;
        }

        if (await Find(id, stop) is not null)
        {
            return id;
        }

        terminal.Say(Tone.Look, $"The server no longer knows the node {id}; this machine is enrolled anew.");
        _folder.SetRegistrationAside(id);
        return null;
    }

    internal async Task<NodeInformation?> Find(string id, CancellationToken stop)
    {
        try
        {
            var reply = await admin.Ssm(
                "DescribeInstanceInformation", new DescribeNodesRequest([new NodeFilter("InstanceIds", [id])]),
                WireJson.Plain.DescribeNodesRequest, WireJson.Plain.DescribeNodesReply, stop);
            return reply.InstanceInformationList is [var node, ..] ? node : null;
        }
        catch (RefusalException refusal) when (refusal.Code == "InvalidInstanceId")
        {
            return null;
        }
    }

    private async Task<string> Registered(int agent, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (_folder.NodeId() is { } id && _folder.LastAgent() == agent)
            {
                return id;
            }

            if (agent > 0 && !LivingProcess.Lives(agent))
            {
                throw FailureException.Environment($"The local agent ended before it could work: {_folder.LastLogLine()} (all of it: {_folder.Log})");
            }

            if (time.GetElapsedTime(started) > RegisterPatience)
            {
                throw FailureException.Environment($"The local agent is not at work after {RegisterPatience.TotalSeconds:0} s; see {_folder.Log}.");
            }

            await Task.Delay(Glance, time, stop);
        }
    }
}
