using System.Globalization;
using Casement.Clients.Tests.Harness;
using Casement.Clients.Tests.Nodes;

namespace Casement.Clients.Tests.Windows;

/// <summary>An ephemeral server whose clock stands until it is moved, with one node. The tests of a class use it in turn.</summary>
public sealed class ManualStage : IAsyncLifetime
{
    internal CasementServer Server { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    internal string Node { get; private set; } = "";

    internal string Role { get; private set; } = "";

    private TestNode? _node;

    internal string Scratch(string name) => Path.Combine(Server.Root, name);

    public async ValueTask InitializeAsync()
    {
        Server = await CasementServer.Start("--ephemeral", "--clock", "manual", "--at", "2026-09-07T08:00:00Z");
        Api = new Api(Server);
        Role = await Api.Role("window-work", "ssm:SendCommand", "ssm:CancelCommand");
        _node = await TestNode.Start(Api, "manual");
        Node = _node.Id;
    }

    internal async Task<DateTimeOffset> Now() => await Advance("PT0S");

    internal async Task<DateTimeOffset> Advance(string duration) => DateTimeOffset.Parse(
        (await Server.Clock.Advance(duration)).Text("now"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Lets a window open now: it is told its instant, a minute ahead, and the clock moves there.</summary>
    internal async Task<DateTimeOffset> Open(params string[] windows)
    {
        var instant = await Now() + TimeSpan.FromMinutes(1);
        foreach (var window in windows)
        {
            await Api.Ssm("UpdateMaintenanceWindow", new { WindowId = window, Schedule = WindowCalls.At(instant) });
        }

        await Advance("PT1M");
        return instant;
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}
