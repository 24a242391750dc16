using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Casement.Agent.Documents;
using Casement.Agent.Server;
using Casement.Aws.Nodes;
using Casement.Tests;

namespace Casement.Agent.Tests;

/// <summary>
/// What a server may send, spoiled: the agent refuses it or makes the best of it. A node that falls over what it is sent falls
/// over it again at each start.
/// </summary>
public sealed class FuzzTests
{
    private static readonly string[] _words =
    [
        "null", "true", "{}", "[]", "\"\"", "\\ud800", "\\u0000", "{{ n }}", "{{ cmd }}", "{{ p }}", "{{", "}}", ",", ":", "\"", "1e999", "-1", "\"a\":1,", "[[[[[[[[", "{\"a\":{\"a\":",
        "\"runCommand\":", "\"inputs\":", "\"mainSteps\":", "\"schemaVersion\":\"2.2\",", "(a+)+$", "\ud83d\ude42", "172801", "\"Messages\":[null]",
    ];

    [Fact]
    public void Whatever_a_payload_holds_it_becomes_a_plan_or_a_reason_against_it() => new Fuzz("documents", _words).Run(Soak.Times(20_000), text =>
        DocumentPlan.Read(Encoding.UTF8.GetString(text)) switch
        {
            DocumentPlan.Steps plan => plan.Longest >= TimeSpan.Zero ? null : "a plan of less than no time",
            DocumentPlan.Refused refused => refused.Reason.Length > 0 ? null : "refused without a reason",
            _ => "neither",
        });

    [Fact]
    public async Task Whatever_a_server_answers_is_an_answer_a_refusal_or_none()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answers = new OneAnswer(listener);
        using var server = new ServerConnection(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), null, TimeProvider.System);
        var kinds = new HashSet<string>();
        new Fuzz("agent", _words).Run(Soak.Times(3000), text =>
        {
            answers.Body = text;
            foreach (var status in (int[])[200, 400, 500])
            {
                answers.Status = status;
                kinds.Add(Ask(server, ServerCalls.GetMessages(TimeSpan.FromSeconds(30)), new GetMessagesRequest("mi-1", "m", 10)));
                kinds.Add(Ask(server, ServerCalls.RoleToken, new RequestManagedInstanceRoleTokenRequest("f")));
                kinds.Add(Ask(server, ServerCalls.SendReply, new SendReplyRequest("m", "{}", "r")));
            }

            return null;
        });
        listener.Stop();
        await answers.Ended;
        Assert.Superset(new HashSet<string> { "Done", "Refused", "Away" }, kinds);
    }

    [Fact]
    public async Task Messages_that_are_none_stop_no_agent()
    {
        await using var node = await TestNode.StartAsync();
        node.Server.Deliver(null!);
        node.Server.Deliver(new NodeMessage(null, null, null, null, null));
        node.Server.Deliver(new NodeMessage("aws.ssm.a.b", FakeServer.NodeId, "aws.ssm.sendCommand", "", "{"));
        node.Server.Deliver(new NodeMessage(TestNode.MessageId("00000000-0000-4000-8000-00000000000a"), FakeServer.NodeId, "aws.ssm.cancelCommand", "", "\"\\ud800\""));
        node.Server.Deliver(new NodeMessage(TestNode.MessageId("00000000-0000-4000-8000-00000000000b"), FakeServer.NodeId, "aws.ssm.cancelCommand", "", "{\"CancelMessageId\":\"\\ud800\"}"));
        Assert.Equal(ReplyStatus.Success, (await node.RunAsync(node.Script("true"))).DocumentStatus);
    }

    [Theory]
    [InlineData("{\"a\":{\"a\":1},", "\"n#\":\"{{ n }}\",", "\"z\":1}")]
    [InlineData("[", "\"{{ n }} {{ n }} {{ q }}\",", "\"z\"]")]
    [InlineData("[\"", "{{ n ", "\"]")]
    [InlineData("[\"", "{{  ", "\"]")]
    [InlineData("[\"", "{", "\"]")]
    public void Putting_values_in_costs_by_the_size(string head, string piece, string tail)
    {
        Work.IsLinear(piece, 1 << 19, size =>
        {
            using var json = JsonDocument.Parse(Text(head, piece, tail, size));
            var input = json.RootElement.Clone();
            var values = DocumentTests.Values("""{"n":"value"}""");
            return () => Substitution.Apply(input, values);
        });
    }

    [Theory]
    [InlineData("{\"DocumentContent\":{\"schemaVersion\":\"2.2\",\"mainSteps\":[", "{\"name\":\"n#\",\"action\":\"a\"},", "{\"name\":\"z\",\"action\":\"a\"}]}}")]
    [InlineData("{\"DocumentContent\":{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"name\":\"z\",\"action\":\"a\"}],\"parameters\":{", "\"p#\":{\"default\":1},", "\"z\":{\"default\":1}}}}")]
    [InlineData("{\"DocumentContent\":{\"schemaVersion\":\"1.2\",\"runtimeConfig\":{", "\"p#\":{},", "\"z\":{}}}}")]
    [InlineData("{\"Parameters\":{", "\"p#\":\"a\",", "\"z\":1},\"DocumentContent\":{\"schemaVersion\":\"2.2\",\"mainSteps\":[{\"name\":\"z\",\"action\":\"aws:runShellScript\",\"inputs\":{\"runCommand\":[]}}]}}")]
    [InlineData("{\"Parameters\":{\"a\":\"", "aaaaaaaa", "\"},\"DocumentContent\":{\"schemaVersion\":\"2.2\",\"parameters\":{\"a\":{\"allowedPattern\":\"(a+)+b\"}},\"mainSteps\":[{\"name\":\"z\",\"action\":\"a\"}]}}")]
    public void A_payload_costs_by_its_size(string head, string piece, string tail) => Work.IsLinear(piece, 1 << 20, size =>
    {
        var text = Text(head, piece, tail, size);
        return () => DocumentPlan.Read(text);
    });

    [Fact]
    public void A_document_that_would_grow_without_end_is_refused()
    {
        var script = string.Concat(Enumerable.Repeat("{{p}}", 10_000));
        var step = $$"""{"name":"z","action":"aws:runShellScript","inputs":{"runCommand":["{{script}}"]} }""";
        var payload = $$"""{"Parameters":{"p":"{{new string('a', 100_000)}}"},"DocumentContent":{"schemaVersion":"2.2","mainSteps":[{{step}}]} }""";
        Assert.Contains("values of its parameters", Assert.IsType<DocumentPlan.Refused>(DocumentPlan.Read(payload)).Reason, StringComparison.Ordinal);
    }

    private static string Text(string head, string piece, string tail, int size)
    {
        var text = new StringBuilder(head);
        for (var number = 1; text.Length < size; number++)
        {
            text.Append(piece.Replace("#", $"{number}", StringComparison.Ordinal));
        }

        return text.Append(tail).ToString();
    }

    private static string Ask<TRequest, TReply>(ServerConnection server, ServerCall<TRequest, TReply> call, TRequest request) =>
        server.CallAsync(call, request, null, CancellationToken.None).GetAwaiter().GetResult().GetType().Name;

    /// <summary>Answers everything with the same status and body, on connections that stay.</summary>
    private sealed class OneAnswer
    {
        public OneAnswer(TcpListener listener) => Ended = ServeAsync(listener);

        public int Status { get; set; }

        public byte[] Body { get; set; } = [];

        public Task Ended { get; }

        private async Task ServeAsync(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await AnswerAsync(client.GetStream());
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
            {
                // stopped
            }
        }

        private async Task AnswerAsync(NetworkStream stream)
        {
            var buffer = new byte[16_384];
            while (await stream.ReadAsync(buffer) is > 0 and var length)
            {
                // requests here are smaller than the buffer and end with their JSON
                if (buffer[length - 1] == (byte)'}')
                {
                    var head = Encoding.ASCII.GetBytes($"HTTP/1.1 {Status} x\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {Body.Length}\r\n\r\n");
                    await stream.WriteAsync((byte[])[.. head, .. Body]);
                }
            }
        }
    }
}
