using System.CommandLine;
using System.Globalization;
using Casement.Cli.Calls;
using Casement.Cli.Servers;
using Casement.Cli.Terminals;

namespace Casement.Cli.Verbs;

internal sealed class NodeListVerb : Verb
{
    private const int PageSize = 50;
    private const int NameColumn = 2;
    private readonly Option<string?> _data;

    internal NodeListVerb()
        : base("list", "The nodes and when each was last heard of.", "casement node list", "casement node list --json")
        => _data = DataDirectory();

    internal override async Task<int> Run(Invocation invocation)
    {
        using var client = await Connection.Open(invocation, data: invocation.Text(_data));
        var nodes = await All(client, invocation.Stop);
        var terminal = invocation.Terminal;
        if (terminal.Json)
        {
            terminal.Answer(new NodesAnswer(1, [.. nodes.Select(Described)]), AnswerJson.Plain.NodesAnswer);
        }
        else if (nodes.Count == 0)
        {
            terminal.Say($"No nodes. This machine becomes one with: {Invocation.OwnName} up");
        }
        else
        {
            Write(nodes, terminal);
        }

        return ExitCodes.Done;
    }

    private static async Task<List<NodeInformation>> All(ServerClient client, CancellationToken stop)
    {
        List<NodeInformation> nodes = [];
        string? next = null;
        do
        {
            var page = await client.Ssm(
                "DescribeInstanceInformation", new DescribeNodesRequest(MaxResults: PageSize, NextToken: next),
                WireJson.Plain.DescribeNodesRequest, WireJson.Plain.DescribeNodesReply, stop);
            nodes.AddRange(page.InstanceInformationList ?? []);
            next = page.NextToken is { Length: > 0 } token ? token : null;
        }
        while (next is not null);
        return nodes;
    }

    private static void Write(List<NodeInformation> nodes, Terminal terminal)
    {
        List<string[]> rows = [["ID", "STATUS", "NAME", "PLATFORM", "ADDRESS", "LAST CONTACT (UTC)"]];
        foreach (var node in nodes)
        {
            rows.Add(
            [
                Plain(node.InstanceId), $"{Terminal.Sign(terminal.Look, ToneOf(node))} {Plain(node.PingStatus)}",
                Plain(node.Name ?? node.ComputerName), Plain($"{node.PlatformName} {node.PlatformVersion}".Trim()), Plain(node.Address),
                Instant(node.LastPingDateTime)?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-",
            ]);
        }

        var index = 0;
        foreach (var line in Table.Lines(rows, NameColumn, terminal.Look))
        {
            terminal.Answer(index == 0
                ? terminal.Painted(Tone.Secondary, line)
                : Painted(terminal, line, rows[index][1], ToneOf(nodes[index - 1])));
            index++;
        }
    }

    private static string Painted(Terminal terminal, string line, string status, Tone tone)
    {
        var at = line.IndexOf(status, StringComparison.Ordinal);
        return at < 0 ? line : line[..at] + terminal.Painted(tone, status) + line[(at + status.Length)..];
    }

    private static Tone ToneOf(NodeInformation node) => node.PingStatus switch
    {
        "Online" => Tone.Done,
        "ConnectionLost" => Tone.Look,
        _ => Tone.Secondary,
    };

    private static string Plain(string? text) => string.IsNullOrEmpty(text) ? "-" : PlainText.WithoutControls(text);

    private static NodeAnswer Described(NodeInformation node) => new(
        node.InstanceId ?? "", node.Name, node.ComputerName, node.PingStatus, Iso(node.LastPingDateTime), node.PlatformName,
        node.PlatformVersion, node.AgentVersion, node.Address, node.IamRole, node.ActivationId, Iso(node.RegistrationDate));

    private static DateTimeOffset? Instant(double? seconds)
        => seconds is { } value ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(value * 1000)) : null;

    private static string? Iso(double? seconds)
        => Instant(seconds)?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
