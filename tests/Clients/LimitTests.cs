using System.Globalization;
using System.Text;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests;

/// <summary>What a request may not be, whoever sent it.</summary>
public sealed class LimitTests(SharedServer shared)
{
    private const int BodyMax = 1 << 20;
    private readonly CasementServer _server = shared.Server;

    [Fact]
    public async Task A_body_of_a_mebibyte_is_read_and_one_byte_more_is_not()
    {
        var whole = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", Padded(BodyMax)));
        Assert.Equal("DoesNotExistException", whole.Code);
        var more = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", Padded(BodyMax + 1)));
        Assert.Equal((413, "RequestEntityTooLargeException"), (more.Status, more.Code));
    }

    [Fact]
    public async Task A_body_in_chunks_cannot_grow_beyond_it_either()
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: {_server.Endpoint.Authority}\r\nConnection: close\r\nX-Amz-Target: AmazonSSM.GetMaintenanceWindow\r\nTransfer-Encoding: chunked\r\n\r\n");
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        var reply = await _server.Raw().ExchangePieces(Enumerable.Repeat(chunk, 17).Prepend(head));
        Assert.Equal((413, "RequestEntityTooLargeException"), (reply.Status, reply.Code));
    }

    [Theory]
    [InlineData(32, "ok")]
    [InlineData(33, "SerializationException")]
    public async Task JSON_nests_thirty_two_levels_deep(int depth, string outcome)
    {
        // the outermost object is the first level; what is not a member is skipped, but not without limit
        var nested = $"{{\"WindowId\":\"mw-00000000000000000\",\"Unknown\":{new string('[', depth - 1)}{new string(']', depth - 1)}}}";
        var reply = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", nested));
        Assert.Equal(outcome == "ok" ? "DoesNotExistException" : outcome, reply.Code);
        Assert.Equal(400, reply.Status);
    }

    [Fact]
    public async Task Headers_over_thirty_two_kibibytes_are_refused()
    {
        var reply = await _server.Raw().Send(RawCall.Sts("GetCallerIdentity").With("X-Filler", new string('x', 33 * 1024)));
        Assert.Equal(431, reply.Status);
    }

    [Fact]
    public async Task A_body_that_trickles_is_dropped()
    {
        var raw = _server.Raw();
        var bytes = raw.BytesOf(RawCall.Ssm("GetMaintenanceWindow", Padded(10_000)));

        // all but the body's end, and then silence: the reply is the server's own doing
        var reply = await raw.ExchangePieces([bytes[..^9_000]]);
        Assert.Equal(408, reply.Status);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("{\"WindowId\":5}")]
    public async Task What_is_not_the_operation_s_JSON_is_a_serialization_fault(string body)
    {
        var reply = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", body));
        Assert.Equal((400, "SerializationException"), (reply.Status, reply.Code));
        Assert.NotEqual("", reply.Message);
    }

    [Fact]
    public async Task A_reply_names_its_error_three_times_and_its_text_once()
    {
        var reply = await _server.Raw().Send(RawCall.Ssm("GetMaintenanceWindow", """{"WindowId":"mw-00000000000000000"}"""));
        Assert.Equal("application/x-amz-json-1.1", reply.Headers["Content-Type"]);
        Assert.Equal("DoesNotExistException", reply.Headers["x-amzn-ErrorType"]);
        Assert.Equal(1, reply.Text.Split("essage\":").Length - 1);
        Assert.True(reply.Headers.ContainsKey("Date"));
        Assert.False(reply.Headers.ContainsKey("Server"));
    }

    private static string Padded(int bytes)
    {
        const string Start = """{"WindowId":"mw-00000000000000000","Padding":"","Fill":" """;
        return string.Create(CultureInfo.InvariantCulture, $"{Start}{new string('x', bytes - Start.Length - 2)}\"}}");
    }
}
