using System.Text.Json;

namespace Casement.Clients.Tests.Harness;

/// <summary>The product clock of a server started with <c>--ephemeral --clock manual</c>.</summary>
public sealed class ManualClock(CasementServer server)
{
    /// <summary>Steps through every due instant in order; answers when nothing due is undecided.</summary>
    /// <param name="duration">ISO 8601, such as <c>PT1H</c>.</param>
    public async Task<JsonElement> Advance(string duration)
    {
        var reply = await server.Raw().Send(RawCall.Own("clock", JsonSerializer.Serialize(new { advance = duration })));
        Assert.True(reply.Status == 200, $"The clock was not moved: {reply.Status} {reply.Text}");
        return JsonSerializer.Deserialize<JsonElement>(reply.Text);
    }
}
