using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Casement.Aws.Signing;
using Casement.Server;
using Casement.Server.Iam;
using Casement.Server.Operations;
using Casement.Storage;
using Microsoft.Data.Sqlite;

namespace Casement.Bench.Nodes;

/// <summary>
/// The product's server as a process of its own, on a durable data directory in which nodes were registered before, each with a
/// session of half a day: an RSA key for each of ten thousand would take longer than all else.
/// </summary>
internal sealed class FleetServer : IAsyncDisposable
{
    public const string Region = "us-east-1";

    /// <summary>The tag that all nodes carry.</summary>
    public const string TagKey = "fleet";

    public const string TagValue = "bench";

    private const int Chunk = 1000;
    private static readonly TimeSpan Session = TimeSpan.FromHours(12);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly string _root;
    private readonly ChildProcess _process;
    private readonly Uri _endpoint;
    private readonly AwsCredentials _admin;

    private FleetServer(string root, ChildProcess process, Uri endpoint, AwsCredentials admin)
    {
        _root = root;
        _process = process;
        _endpoint = endpoint;
        _admin = admin;
    }

    public ChildProcess Process => _process;

    public IPEndPoint Address => new(IPAddress.Loopback, _endpoint.Port);

    public string NodeList => Path.Combine(_root, "nodes");

    private static string Program => Environment.GetEnvironmentVariable("CASEMENT_BENCH_SERVER") is { Length: > 0 } given
        ? given
        : Path.Combine(Environment.GetEnvironmentVariable("CASEMENT_ROOT")!, "artifacts", "bin", "Casement.Host", "release", "casement-server");

    public static async Task<FleetServer> Start(int nodes)
    {
        var root = Directory.CreateTempSubdirectory("casement-bench-").FullName;
        var data = Path.Combine(root, "data");
        var admin = await Seed(root, data, nodes);
        var start = new ProcessStartInfo(Program, ["--port", "0", "--data", data]);
        start.Environment["XDG_RUNTIME_DIR"] = root;
        var process = new ChildProcess(start);
        var ready = Path.Combine(data, "server.json");
        var began = Stopwatch.GetTimestamp();
        while (!File.Exists(ready))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Deadline)
            {
                throw new InvalidOperationException("The server did not start.");
            }

            await Task.Delay(10);
        }

        using var said = JsonDocument.Parse(await File.ReadAllTextAsync(ready));
        return new FleetServer(root, process, new Uri(said.RootElement.GetProperty("endpoint").GetString()!), admin);
    }

    /// <summary>Calls as the admin.</summary>
    /// <exception cref="InvalidOperationException">The server refused it.</exception>
    public async Task<JsonElement> Call(string operation, object request)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request);
        List<KeyValuePair<string, string>> headers =
            [new("Host", _endpoint.Authority), new("Content-Type", "application/x-amz-json-1.1"), new("X-Amz-Target", $"AmazonSSM.{operation}")];
        headers.AddRange(SigV4.Sign(new HttpMessage("POST", "/", "", headers, body), _admin, Region, "ssm", DateTimeOffset.UtcNow));
        using var message = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(message);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text)
            : throw new InvalidOperationException($"{operation} was answered {(int)response.StatusCode}: {text}");
    }

    /// <summary>Bytes of the database that hold something, those in its log included once they are moved.</summary>
    public long DatabaseBytes() => Query("SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - "
        + "(SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)", r => r.GetInt64(0));

    public long AuditRows() => Query("SELECT coalesce(max(seq), 0) FROM audit", r => r.GetInt64(0));

    /// <summary>What every node was given by the last command.</summary>
    public string LastPayload() => Query("SELECT payload FROM commands ORDER BY requested_ms DESC LIMIT 1", r => r.GetString(0));

    private T Query<T>(string sql, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_root, "data", "casement.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statements are those above
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        reader.Read();
        return map(reader);
    }

    private static async Task<AwsCredentials> Seed(string root, string directory, int count)
    {
        var settings = new Settings { DataDirectory = directory };
        using var data = DataDirectory.Open(settings);
        var master = data.ReadMasterKey(settings);
        using var database = Database.Open(new DatabaseOptions(data.DatabaseFile));
        var sessions = new Sessions(master);
        var now = DateTimeOffset.UtcNow;
        var nowMs = now.ToUnixTimeMilliseconds();
        var credentials = new Credentials(database, master, sessions, new IamVersions());
        var first = await data.Prepare(database, tx => ServerApp.CreateFirstAccount(tx, settings, credentials, nowMs));
        var scope = new Scope(settings.Account, Region);
        var role = database.Read(tx => Roles.ByName(tx, scope, FirstRoles.NodeRole.Split('/')[^1]))!;
        var list = new List<NodeIdentity>(count);
        foreach (var chunk in Enumerable.Range(0, count).Select(_ => Ids.Hex17("mi-")).Chunk(Chunk))
        {
            await database.Write(tx =>
            {
                foreach (var id in chunk)
                {
                    // nobody proves to hold this key, so that any text of its length will do
                    Storage.Nodes.Insert(tx, new NodeRow(
                        id, scope, new string('A', 392), Convert.ToHexString(Encoding.ASCII.GetBytes(id.PadRight(32))), null, "bench", FirstRoles.NodeRole, "machine",
                        new NodeReport { PlatformType = "Linux", AgentVersion = "1.0" }, nowMs, nowMs));
                    Tags.Set(tx, scope, Storage.Nodes.TagKind, id, [KeyValuePair.Create(TagKey, TagValue)]);
                }
            });
            list.AddRange(chunk.Select(id =>
            {
                var keys = sessions.Issue(
                    new Principal.RoleSession(scope.Account, role.Id, role.Name, role.Path, id, now) { Node = new NodeSeat(id, Region) }, now + Session);
                return new NodeIdentity(id, keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken);
            }));
        }

        NodeIdentity.WriteAll(Path.Combine(root, "nodes"), list);
        return new AwsCredentials(first!.AccessKeyId, first.SecretAccessKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.Terminate();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
