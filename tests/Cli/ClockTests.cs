using System.Text.Json;
using Casement.Cli.Tests.Fakes;

namespace Casement.Cli.Tests;

public sealed class ClockTests : IDisposable
{
    private readonly FakeServer _server = new(_ => (200, "{\"now\":\"2027-03-28T02:00:00Z\"}"));
    private readonly Desk _desk = new();

    public void Dispose()
    {
        _server.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task An_advance_is_a_signed_call_of_casements_own()
    {
        _desk.ServerRuns(_server.Endpoint);

        var ending = await _desk.Run("clock", "advance", "PT1H30M");

        Assert.Equal(new Ending(0, "2027-03-28T02:00:00Z\n", ""), ending);
        var call = Assert.Single(_server.Calls);
        Assert.Equal(("/casement/clock", "casement", "{\"advance\":\"PT1H30M\"}"), (call.Operation, call.Service, call.Body));
        Assert.True(FakeServer.IsSignedWith(call, "admin/secret+1"));
    }

    [Fact]
    public async Task Asking_for_the_time_moves_nothing()
    {
        _desk.ServerRuns(_server.Endpoint);

        var ending = await _desk.Run("clock", "--json");

        using var document = JsonDocument.Parse(ending.Output);
        Assert.Equal("2027-03-28T02:00:00Z", document.RootElement.GetProperty("now").GetString());
        Assert.Equal("{\"advance\":\"PT0S\"}", Assert.Single(_server.Calls).Body);
    }

    [Theory]
    [InlineData("clock")]
    [InlineData("clock", "advance", "PT1H")]
    [InlineData("node", "list")]
    public async Task Of_several_servers_one_is_named_by_its_data_directory(params string[] verb)
    {
        using var other = new FakeServer(_ => (500, "{}"));
        var data = Path.Combine(_desk.Folder, "named");
        _desk.ServerIsKnownToTheUser(other.Endpoint, Path.Combine(_desk.Folder, "other"), "other");
        _desk.ServerIsKnownToTheUser(_server.Endpoint, data, "named");

        Assert.Equal(0, (await _desk.Run([.. verb, "--data", data])).Code);
        Assert.True(FakeServer.IsSignedWith(Assert.Single(_server.Calls), "admin/secret+1"));
        Assert.Empty(other.Calls);
    }

    [Fact]
    public async Task A_server_named_twice_is_refused()
    {
        _desk.ServerRuns(_server.Endpoint);

        var ending = await _desk.Run("clock", "--data", _desk.Data, "--endpoint-url", _server.Endpoint);

        Assert.Equal(252, ending.Code);
        Assert.Contains("--endpoint-url and --data both name a server", ending.Errors, StringComparison.Ordinal);
        Assert.Empty(_server.Calls);
    }
}
