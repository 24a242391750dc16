namespace Casement.Bench.Nodes;

/// <summary>A node and the session that its role token gave it: one line of a node list, its four parts apart by tabs.</summary>
internal sealed record NodeIdentity(string NodeId, string AccessKeyId, string Secret, string Token)
{
    /// <exception cref="FormatException">A line has other parts.</exception>
    public static IReadOnlyList<NodeIdentity> ReadAll(string file) => [.. File.ReadLines(file).Select(line => line.Split('\t') is [var node, var key, var secret, var token]
        ? new NodeIdentity(node, key, secret, token)
        : throw new FormatException($"{file}: a line is not node, key id, secret and token, apart by tabs"))];

    public static void WriteAll(string file, IEnumerable<NodeIdentity> nodes) =>
        File.WriteAllLines(file, nodes.Select(n => $"{n.NodeId}\t{n.AccessKeyId}\t{n.Secret}\t{n.Token}"));
}
