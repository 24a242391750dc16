using System.Text.Json;
using System.Text.Json.Serialization;

namespace Casement.Storage;

/// <summary>What a node last said of itself; members that it never sent are null.</summary>
public sealed record NodeReport
{
    public string? AgentName { get; init; }

    public string? AgentVersion { get; init; }

    /// <summary>Linux, Windows or MacOS.</summary>
    public string? PlatformType { get; init; }

    public string? PlatformName { get; init; }

    public string? PlatformVersion { get; init; }

    public string? ComputerName { get; init; }

    public string? Address { get; init; }
}

/// <summary>A machine that registered.</summary>
/// <param name="PublicKey">Base64 of the DER SubjectPublicKeyInfo.</param>
/// <param name="KeyHash">SHA-256 of that key, hexadecimal: no two nodes share one.</param>
/// <param name="Role">The role its sessions are of: a name, or path and name.</param>
/// <param name="LastSeenMs">Its last signed call by the real clock; written in batches, so up to half a minute old.</param>
public sealed record NodeRow(
    string NodeId, Scope Scope, string PublicKey, string KeyHash, string? Fingerprint, string ActivationId, string Role, string? Name,
    NodeReport Report, long RegisteredMs, long? LastSeenMs);

/// <summary>Managed nodes; their ids are unique over all accounts and regions.</summary>
public static class Nodes
{
    /// <summary>The kind under which nodes' tags are stored.</summary>
    public const string TagKind = "node";

    private const string Columns =
        "n.node_id, n.account, n.region, n.public_key, n.key_hash, n.fingerprint, n.activation_id, n.role_name, n.name, n.doc, n.registered_ms, n.last_seen_ms";

    public static void Insert(Tx tx, NodeRow node) => tx.Execute(
        """
        INSERT INTO nodes(node_id, account, region, public_key, key_hash, fingerprint, activation_id, role_name, name, doc, registered_ms, last_seen_ms)
        VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)
        """,
        node.NodeId, node.Scope.Account, node.Scope.Region, node.PublicKey, node.KeyHash, node.Fingerprint, node.ActivationId, node.Role, node.Name,
        JsonSerializer.Serialize(node.Report, NodeStorageJson.Default.NodeReport), node.RegisteredMs, node.LastSeenMs);

    public static NodeRow? Find(Tx tx, Scope scope, string nodeId) => tx.One(
        $"SELECT {Columns} FROM nodes n WHERE n.account=$1 AND n.region=$2 AND n.node_id=$3", Map, scope.Account, scope.Region, nodeId);

    /// <summary>The node of that id wherever it is, to say in which region it would be found.</summary>
    public static NodeRow? FindAnywhere(Tx tx, string account, string nodeId) =>
        tx.One($"SELECT {Columns} FROM nodes n WHERE n.account=$1 AND n.node_id=$2", Map, account, nodeId);

    public static bool Exists(Tx tx, Scope scope, string nodeId) => tx.Any(
        "SELECT 1 FROM nodes WHERE account=$1 AND region=$2 AND node_id=$3", scope.Account, scope.Region, nodeId);

    /// <summary>In order of registration, after the given one (0 and an empty id begin).</summary>
    public static List<NodeRow> Page(Tx tx, Scope scope, long afterMs, string afterId, int limit) => tx.Page(
        $"SELECT {Columns} FROM nodes n WHERE n.account=$1 AND n.region=$2 AND (n.registered_ms, n.node_id) > ($3, $4) ORDER BY n.registered_ms, n.node_id LIMIT $5",
        Map, limit, scope.Account, scope.Region, afterMs, afterId);

    /// <summary>All nodes that carry the tag with one of the values, in order of registration.</summary>
    public static List<NodeRow> WithTag(Tx tx, Scope scope, string key, IReadOnlyList<string> values)
    {
        var found = new List<NodeRow>();
        foreach (var value in values.Distinct(StringComparer.Ordinal))
        {
            found.AddRange(tx.All(
                $"""
                SELECT {Columns} FROM tags t JOIN nodes n ON n.account=t.account AND n.region=t.region AND n.node_id=t.resource_id
                WHERE t.account=$1 AND t.region=$2 AND t.kind='{TagKind}' AND t.key=$3 AND t.value=$4
                """,
                Map, scope.Account, scope.Region, key, value));
        }

        return InOrder(found);
    }

    /// <summary>All nodes that carry the tag, whatever its value, in order of registration.</summary>
    public static List<NodeRow> WithTagKey(Tx tx, Scope scope, string key) => InOrder(tx.All(
        $"""
        SELECT {Columns} FROM tags t JOIN nodes n ON n.account=t.account AND n.region=t.region AND n.node_id=t.resource_id
        WHERE t.account=$1 AND t.region=$2 AND t.kind='{TagKind}' AND t.key=$3
        """,
        Map, scope.Account, scope.Region, key));

    /// <summary>Removes the node with its tags and waiting messages; its commands stay readable.</summary>
    public static bool Delete(Tx tx, Scope scope, string nodeId)
    {
        var deleted = tx.Execute("DELETE FROM nodes WHERE account=$1 AND region=$2 AND node_id=$3", scope.Account, scope.Region, nodeId) == 1;
        if (deleted)
        {
            Tags.Clear(tx, scope, TagKind, nodeId);
            tx.Execute("DELETE FROM node_messages WHERE node_id=$1", nodeId);
        }

        return deleted;
    }

    public static bool KeyTaken(Tx tx, string keyHash) => tx.Any("SELECT 1 FROM nodes WHERE key_hash=$1", keyHash);

    public static void SetKey(Tx tx, Scope scope, string nodeId, string publicKey, string keyHash) => tx.Execute(
        "UPDATE nodes SET public_key=$4, key_hash=$5, version=version+1 WHERE account=$1 AND region=$2 AND node_id=$3",
        scope.Account, scope.Region, nodeId, publicKey, keyHash);

    public static bool SetRole(Tx tx, Scope scope, string nodeId, string role) => tx.Execute(
        "UPDATE nodes SET role_name=$4, version=version+1 WHERE account=$1 AND region=$2 AND node_id=$3",
        scope.Account, scope.Region, nodeId, role) == 1;

    public static void SetReport(Tx tx, Scope scope, string nodeId, NodeReport report) => tx.Execute(
        "UPDATE nodes SET doc=$4, version=version+1 WHERE account=$1 AND region=$2 AND node_id=$3",
        scope.Account, scope.Region, nodeId, JsonSerializer.Serialize(report, NodeStorageJson.Default.NodeReport));

    /// <summary>Notes contact without touching the row's version; never backwards, but from what no clock can have said.</summary>
    /// <param name="tx">The unit of work.</param>
    /// <param name="nodeId">The node.</param>
    /// <param name="realMs">When it was heard of.</param>
    /// <param name="latestMs">What lies after this was noted by a clock that was ahead.</param>
    public static void SetSeen(Tx tx, string nodeId, long realMs, long latestMs) => tx.Execute(
        "UPDATE nodes SET last_seen_ms=$2 WHERE node_id=$1 AND (last_seen_ms IS NULL OR last_seen_ms < $2 OR last_seen_ms > $3)", nodeId, realMs, latestMs);

    private static List<NodeRow> InOrder(List<NodeRow> nodes) =>
        [.. nodes.OrderBy(n => n.RegisteredMs).ThenBy(n => n.NodeId, StringComparer.Ordinal)];

    private static NodeRow Map(Row r) => new(
        r.Text(0), new Scope(r.Text(1), r.Text(2)), r.Text(3), r.Text(4), r.TextOrNull(5), r.Text(6), r.Text(7), r.TextOrNull(8),
        ReportOf(r), r.Long(10), r.LongOrNull(11));

    // a report that cannot be read is one that was never made: the next heartbeat makes it
    private static NodeReport ReportOf(Row r)
    {
        try
        {
            return r.Doc(9, NodeStorageJson.Default.NodeReport, "node", r.Text(0));
        }
        catch (UnreadableRowException)
        {
            return new NodeReport();
        }
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(ActivationTerms))]
internal sealed partial class NodeStorageJson : JsonSerializerContext;
