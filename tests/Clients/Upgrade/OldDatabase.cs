using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Casement.Clients.Tests.Harness;

namespace Casement.Clients.Tests.Upgrade;

/// <summary>One question to the server and what it answered when the database was new, but for what depends on the time of asking.</summary>
public sealed partial record Answer(string Operation, JsonNode Request, string Reply)
{
    private static readonly HashSet<string> Volatile = ["NextExecutionTime", "PingStatus", "LastPingDateTime", "Expired", "NextToken"];

    /// <summary>Asks again; an operation without a dot is of Systems Manager.</summary>
    public async Task<Answer> Ask(RawClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var iam = Operation.StartsWith("iam.", StringComparison.Ordinal);
        var reply = await client.Send(iam
            ? RawCall.Iam(Operation[4..], [.. Request.AsObject().Select(m => (m.Key, m.Value!.ToString()))])
            : RawCall.Ssm(Operation, Request.ToJsonString()));
        Assert.True(reply.Status == 200, $"{Operation} {Request.ToJsonString()}: {reply.Status} {reply.Text}");
        return this with { Reply = iam ? RequestId().Replace(reply.Text, "") : Lasting(JsonNode.Parse(reply.Text))!.ToJsonString() };
    }

    private static JsonNode? Lasting(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Where(m => !Volatile.Contains(m.Key)).Select(m => KeyValuePair.Create(m.Key, Lasting(m.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Lasting)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex("<RequestId>.*?</RequestId>")]
    private static partial Regex RequestId();
}

/// <summary>What stands beside a database: the rows of each table, and what its server answered.</summary>
public sealed record Manifest(IReadOnlyDictionary<string, long> Rows, IReadOnlyList<Answer> Answers);

/// <summary>The databases in <c>tests/Data/schema-NNNN</c>, one of each schema that was ever landed.</summary>
public static class OldDatabase
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetDirectories(Path.Combine(Files.Tree, "tests", "Data"), "schema-*").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>The newest schema: that of the newest migration.</summary>
    public static string Newest => Migrations[^1];

    /// <summary>One name for each migration, as the databases are called.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
        [.. Directory.GetFiles(Path.Combine(Files.Tree, "src", "Casement.Storage", "Migrations"), "*.sql")
            .Select(f => "schema-" + Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public static string Folder(string name) => Path.Combine(Files.Tree, "tests", "Data", name);

    /// <summary>A data directory of its own with a copy, closed to others as a server wants it.</summary>
    public static string CopyTo(string name, string root)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var data = Directory.CreateDirectory(Path.Combine(root, "data"), Owner | UnixFileMode.UserExecute).FullName;
        foreach (var file in (string[])["casement.db", "master.key", "admin.env"])
        {
            var copy = Path.Combine(data, file);
            File.Copy(Path.Combine(Folder(name), file), copy);
            File.SetUnixFileMode(copy, Owner);
        }

        return data;
    }

    public static Manifest Read(string name) =>
        JsonSerializer.Deserialize<Manifest>(File.ReadAllText(Path.Combine(Folder(name), "answers.json")))!;

    public static void Write(string folder, Manifest manifest) =>
        File.WriteAllText(Path.Combine(folder, "answers.json"), JsonSerializer.Serialize(manifest, Indented) + "\n");

    /// <summary>How many rows each table has that is neither the trail, which grows with every look, nor the server's own notes.</summary>
    public static Dictionary<string, long> Rows(Storage.Database database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.Read(tx => tx.All("SELECT name FROM sqlite_master WHERE type='table' AND name NOT IN ('audit', 'meta', 'sqlite_sequence')", r => r.Text(0))
            .ToDictionary(table => table, table => tx.Count($"SELECT count(*) FROM {table}"), StringComparer.Ordinal));
    }
}
