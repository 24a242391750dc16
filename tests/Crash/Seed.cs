using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;
using Casement.Clients.Tests.Windows;

namespace Casement.Crash.Tests;

/// <summary>
/// A data directory with an account, roles and one registered node, made once: each story begins on a copy of it, so that it
/// starts one server and not two.
/// </summary>
public sealed class Seed : IAsyncLifetime
{
    private CasementServer? _server;

    internal string Role { get; private set; } = "";

    /// <summary>Somebody without any rights.</summary>
    internal AwsCredentials Nobody { get; private set; } = new("", "");

    internal string Node { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _server = await CasementServer.Start();
        var api = new Api(_server);
        Role = await api.Role("window-work", "ssm:SendCommand", "ssm:CancelCommand");
        await api.Role("spare", "ssm:SendCommand");
        await api.Iam("CreateUser", ("UserName", "nobody"));
        var key = await api.Iam("CreateAccessKey", ("UserName", "nobody"));
        Nobody = new AwsCredentials(key.Element("AccessKeyId"), key.Element("SecretAccessKey"));
        var activation = await api.Ssm("CreateActivation", new { IamRole = Agent.Role });
        await using (var agent = Agent.Start(_server, NodeIn(_server.Root), null, Agent.Activation(activation)))
        {
            Node = await agent.Registered();
        }

        Assert.Equal(0, await _server.Stop());
    }

    internal static string NodeIn(string root) => Path.Combine(root, "node");

    /// <summary>A directory of a story's own, to be started on.</summary>
    internal async Task<string> Copy()
    {
        var root = Files.NewDirectory();
        (await Program.Run("/bin/cp", ["-a", Path.Combine(_server!.Root, "data"), NodeIn(_server.Root), root])).Succeeded();
        return root;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
