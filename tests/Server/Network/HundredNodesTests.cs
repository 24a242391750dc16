using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Casement.Aws.Nodes;
using Casement.Aws.Signing;
using Casement.Clients.Tests.Harness;
using Casement.Server.Engine;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Server.Ssm;
using Casement.Server.Ssm.Commands;
using Casement.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Casement.Server.Tests.Network;

/// <summary>A hundred nodes whose connections all break at once, before a command and in the middle of it.</summary>
public sealed class HundredNodesTests : IAsyncLifetime
{
    private const string Account = "111122223333";
    private const string Region = "eu-west-1";
    private const int Count = 100;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("casement-hundred-");
    private readonly ManualTimeProvider _product = new(Instant.FromUtc(2026, 3, 2, 10, 0), TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PollingNode> _nodes = [];
    private readonly List<Task> _working = [];
    private Database _database = null!;
    private WebApplication _app = null!;
    private FaultProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = new Settings { DataDirectory = _directory.FullName, Account = Account, Region = Region };
        _database = Database.Open(new DatabaseOptions(Path.Combine(_directory.FullName, "casement.db"), Durable: false));
        var master = MasterKey.Parse(MasterKey.NewFileText())!;
        var versions = new IamVersions();
        var sessions = new Sessions(master);
        await _database.Write(tx => ServerApp.CreateFirstAccount(tx, settings, new Credentials(_database, master, sessions, versions), 0));
        await Seed(sessions);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddCasement(settings, new Clock(_product, TimeProvider.System), _database, master, versions);
        builder.AddCasementEngine();
        _app = builder.Build();
        _app.MapCasement();
        await _app.StartAsync();
        var endpoint = new Uri(_app.Urls.First());
        _proxy = new FaultProxy(() => endpoint);
        _working.AddRange(_nodes.Select(n => n.Work(_proxy.Endpoint, _stop.Token)));
    }

    [Fact]
    public async Task All_of_them_come_back_run_once_and_leave_no_poll_behind()
    {
        var backstage = _app.Services.GetRequiredService<Backstage>();
        await Until(() => backstage.NodeBells.Held == Count);
        _proxy.CutAll();
        await Until(() => backstage.NodeBells.Held == Count && _proxy.Open >= Count);

        var call = new Call(
            backstage, new SendCommand(), new Scope(Account, Region), new Principal.Root(Account), new Source("127.0.0.1", false, null, null), CancellationToken.None);
        var sent = (SendCommand.Reply)await Pipeline.Run(call, new SendCommand.Request
        {
            DocumentName = "AWS-RunShellScript",
            Targets = [new Target { Key = "tag:fleet", Values = ["all"] }],
            MaxConcurrency = "100%",
            MaxErrors = "100%",
            Parameters = new Dictionary<string, IReadOnlyList<string>> { ["commands"] = ["true"] },
        });
        var command = sent.Command!.CommandId!;
        await Until(() => Progress(command).Completed >= 10);
        _proxy.CutAll();

        // a message that broke off with its connection is hidden for a minute
        while (Progress(command).Status is "Pending" or "InProgress")
        {
            await backstage.Stepper.MoveTo(_product, _product.GetUtcNow() + TimeSpan.FromSeconds(61));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(("Success", Count), Progress(command));
        Assert.All(_nodes, n => Assert.Equal(1, n.Runs.GetValueOrDefault(command)));
        await Until(() => backstage.NodeBells.Held == Count);
        Assert.Equal(0, _database.Read(tx => tx.Count("SELECT count(*) FROM node_messages")));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_working);
        await _proxy.DisposeAsync();
        await _app.DisposeAsync();
        _database.Dispose();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    private (string Status, int Completed) Progress(string command) => _database.Read(tx => tx.One(
        "SELECT status, completed FROM commands WHERE command_id=$1", r => (r.Text(0), r.Int(1)), command));

    private static async Task Until(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task Seed(Sessions sessions)
    {
        var scope = new Scope(Account, Region);
        var role = _database.Read(tx => Roles.ByName(tx, scope, FirstRoles.NodeRole.Split('/')[^1]))!;
        await _database.Write(tx =>
        {
            foreach (var _ in Enumerable.Range(0, Count))
            {
                var id = Ids.Hex17("mi-");
                Storage.Nodes.Insert(tx, new NodeRow(
                    id, scope, "key", id, null, "a", FirstRoles.NodeRole, "machine", new NodeReport { PlatformType = "Linux" }, 0, null));
                Storage.Tags.Set(tx, scope, Storage.Nodes.TagKind, id, [KeyValuePair.Create("fleet", "all")]);
                var now = TimeProvider.System.GetUtcNow();
                var session = new Principal.RoleSession(Account, role.Id, role.Name, role.Path, id, now) { Node = new NodeSeat(id, Region) };
                var keys = sessions.Issue(session, now.AddHours(1));
                _nodes.Add(new PollingNode(id, new AwsCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken)));
            }
        });
    }

    /// <summary>As much of an agent as matters here: polls, runs what it does not know, tells the result until it is taken.</summary>
    private sealed class PollingNode(string id, AwsCredentials credentials)
    {
        private readonly ConcurrentDictionary<string, string> _results = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

        public async Task Work(Uri endpoint, CancellationToken stop)
        {
            using var client = new HttpClient { BaseAddress = endpoint };
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    foreach (var (messageId, body) in _results)
                    {
                        await Post(client, NodeTargets.SendReply, body, stop);
                        _results.TryRemove(messageId, out _);
                    }

                    var answer = await Post(client, NodeTargets.GetMessages, $$"""{"Destination":"{{id}}","MessagesRequestId":"m"}""", stop);
                    foreach (var message in JsonSerializer.Deserialize(answer, NodeJson.Wire.GetMessagesReply)!.Messages ?? [])
                    {
                        Run(message.MessageId!);
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    await Task.Yield();
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }

        private void Run(string messageId)
        {
            Assert.True(CommandMessageId.TryParse(messageId, out var command));
            if (Runs.TryAdd(command.CommandId, 1))
            {
                var payload = JsonSerializer.Serialize(new ReplyPayload(null, ReplyStatus.Success, "", null), NodeJson.Wire.ReplyPayload);
                _results[messageId] = JsonSerializer.Serialize(new SendReplyRequest(messageId, payload, $"{messageId}-1"), NodeJson.Wire.SendReplyRequest);
            }
        }

        private async Task<byte[]> Post(HttpClient client, string target, string body, CancellationToken stop)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            List<KeyValuePair<string, string>> headers =
                [new("Host", client.BaseAddress!.Authority), new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", target)];
            headers.AddRange(SigV4.Sign(new HttpMessage("POST", "/", "", headers, bytes), credentials, Region, "ec2messages", TimeProvider.System.GetUtcNow()));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");
            foreach (var (name, value) in headers.Where(h => h.Key != "Content-Type"))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await client.SendAsync(request, stop);
            var answer = await response.Content.ReadAsByteArrayAsync(stop);
            Assert.True(response.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{target}: {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}"));
            return answer;
        }
    }
}
