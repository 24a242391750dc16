using System.Net.Sockets;
using System.Text;
using Casement.Clients.Tests.Harness;
using Casement.Tests;

namespace Casement.Clients.Tests;

/// <summary>Bytes on a socket that are hardly HTTP any more: the server answers or hangs up, and goes on.</summary>
public sealed class RawFuzzTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Whatever_is_sent_the_server_answers_or_hangs_up_and_goes_on()
    {
        await using var server = await CasementServer.Start("--ephemeral");
        var raw = server.Raw();
        var kinds = new HashSet<string>();
        new Fuzz("http",
            "\r\n", "\r", "\n", "\r\n\r\n", ":", " ", "\0", "HTTP/1.1", "HTTP/2.0", "HTTP/9.9", "GET ", "POST ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Content-Length: 5\r\n", "Content-Length: -1\r\n",
            "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Expect: 100-continue\r\n", "Host: a\r\n", "\u00e9", "%00", "%2e%2e", "//",
            "X-Amz-Target: AmazonSSM.\r\n", "Authorization: AWS4-HMAC-SHA256 ", "ffffffff\r\n", "0\r\n\r\n", " folded\r\n", "\t", "?", "#", "@")
            .With(new Dictionary<string, string> { ["host"] = server.Endpoint.Authority })
            .Run(Soak.Times(600), text =>
            {
                var reply = Exchange(raw, text).GetAwaiter().GetResult();
                var line = reply.Split("\r\n")[0];
                kinds.Add(line.Length == 0 ? "hung up" : line.Split(' ').ElementAtOrDefault(1) ?? line);
                return line.Length == 0 || (line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && line[9] is '1' or '2' or '4') || line.Contains(" 505 ", StringComparison.Ordinal)
                    ? null
                    : reply;
            });
        Assert.Superset(new HashSet<string> { "200", "400" }, kinds);
        Assert.Equal(200, (await server.Raw().Send(RawCall.Sts("GetCallerIdentity"))).Status);
        Assert.DoesNotContain("fail:", server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", server.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> Exchange(RawClient raw, byte[] text)
    {
        using var client = await raw.Connect();
        try
        {
            await client.GetStream().WriteAsync(text);

            // nothing more will come: whoever waits for the rest of a request waits no longer
            client.Client.Shutdown(SocketShutdown.Send);
            using var reply = new MemoryStream();
            await client.GetStream().CopyToAsync(reply).WaitAsync(Deadline);
            return Encoding.Latin1.GetString(reply.ToArray());
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }
}
