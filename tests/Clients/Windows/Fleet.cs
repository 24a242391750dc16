using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>A server on the real clock with seven nodes, for all tests of the class; its windows keep out of each other's way by their names.</summary>
public sealed class Fleet : IAsyncLifetime
{
    private const int Nodes = 7;

    internal CasementServer Server { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    internal IReadOnlyList<TestNode> All { get; private set; } = [];

    internal string[] Ids => [.. All.Select(node => node.Id)];

    /// <summary>May send commands, cancel them and nothing else.</summary>
    internal string Role { get; private set; } = "";

    /// <summary>A path for the files of one test's scripts.</summary>
    internal string Scratch(string name) => Path.Combine(Server.Root, name);

    public async ValueTask InitializeAsync()
    {
        Server = await CasementServer.Start("--ephemeral");
        Api = new Api(Server);
        Role = await Api.Role("window-work", "ssm:SendCommand", "ssm:CancelCommand");
        var activation = await Api.Ssm("CreateActivation", new { IamRole = TestNode.Role, RegistrationLimit = Nodes });
        All = await Task.WhenAll(Enumerable.Range(1, Nodes).Select(number => TestNode.Register(
            Server, $"node-{number}", activation.Text("ActivationId"), activation.Text("ActivationCode"))));
        await TestNode.Online(Api, Ids);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in All)
        {
            await node.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}

/// <summary>One fleet for all classes of the collection, which then run one after another.</summary>
[CollectionDefinition(nameof(Fleet))]
public sealed class FleetTests : ICollectionFixture<Fleet>;
