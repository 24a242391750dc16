using Casement.Aws;
using Casement.Aws.Wire;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

public sealed class DescribeInstanceInformation : Operation<DescribeInstanceInformation.Request, DescribeInstanceInformation.Reply>
{
    private const int ChunkSize = 200;

    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var filters = FiltersOf(request);
        NodeFilters.Check(filters, call);
        var page = call.Backstage.Paging.Open(call, request with { MaxResults = null, NextToken = null }, request.NextToken, request.MaxResults);
        var after = TimeKey.Read(page.After, new TimeKey(0, ""));
        var shown = page.Cut(call.Read(tx => Find(tx, call, filters, after, page.Size + 1)), n => KeyOf(n).ToString());
        return Task.FromResult(new Reply
        {
            InstanceInformationList = [.. shown.Items.Select(n => InstanceInformation.Of(n, call.Backstage.Contacts, call.Backstage.Clock))],
            NextToken = shown.NextToken,
        });
    }

    private static TimeKey KeyOf(NodeRow node) => new(node.RegisteredMs, node.NodeId);

    private static List<NodeRow> Find(Tx tx, Call call, List<NodeFilter> filters, TimeKey after, int limit)
    {
        var (contacts, clock) = (call.Backstage.Contacts, call.Backstage.Clock);
        var found = new List<NodeRow>();
        while (true)
        {
            var rows = Storage.Nodes.Page(tx, call.Scope, after.Ms, after.Id, ChunkSize);
            foreach (var node in rows)
            {
                if (NodeFilters.Fit(tx, filters, node, InstanceInformation.PingStatusOf(contacts.Last(node.NodeId, node.LastSeenMs, clock), clock)))
                {
                    found.Add(node);
                    if (found.Count == limit)
                    {
                        return found;
                    }
                }
            }

            if (rows.Count < ChunkSize)
            {
                return found;
            }

            after = KeyOf(rows[^1]);
        }
    }

    private static List<NodeFilter> FiltersOf(Request request)
    {
        if (request.Filters is { Count: > 0 } && request.InstanceInformationFilterList is { Count: > 0 })
        {
            throw new AwsException("ValidationException", "Filters and InstanceInformationFilterList cannot be given together.");
        }

        return
        [
            .. (request.Filters ?? []).Select(f => new NodeFilter(f.Key!, f.Values!)),
            .. (request.InstanceInformationFilterList ?? []).Select(f => new NodeFilter(f.Key!, f.ValueSet!)),
        ];
    }

    public sealed record Request
    {
        public IReadOnlyList<InstanceInformationFilter>? InstanceInformationFilterList { get; init; }

        public IReadOnlyList<InstanceInformationStringFilter>? Filters { get; init; }

        [Range(5, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record InstanceInformationFilter
    {
        [WireName("key"), Required, EnumValues("InstanceIds", "AgentVersion", "PingStatus", "PlatformTypes", "ActivationIds", "IamRole", "ResourceType", "AssociationStatus")]
        public string? Key { get; init; }

        [WireName("valueSet"), Required, Length(1, 100), EachLength(1, -1)]
        public IReadOnlyList<string>? ValueSet { get; init; }
    }

    public sealed record InstanceInformationStringFilter
    {
        [Required, Length(1, -1)]
        public string? Key { get; init; }

        [Required, Length(1, 100), EachLength(1, -1)]
        public IReadOnlyList<string>? Values { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<InstanceInformation>? InstanceInformationList { get; init; }

        public string? NextToken { get; init; }
    }
}
