using Casement.Aws;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Nodes;

/// <summary>A filter over nodes: both wire forms end up here.</summary>
internal sealed record NodeFilter(string Key, IReadOnlyList<string> Values);

/// <summary>Reads filters and asks them of nodes. Several filters must all hold; of several values one.</summary>
internal static class NodeFilters
{
    private const string TagPrefix = "tag:";
    private static readonly string[] PingStatuses = ["Online", "ConnectionLost", "Inactive"];
    private static readonly string[] Platforms = ["Windows", "Linux", "MacOS"];
    private static readonly string[] ResourceTypes = ["ManagedInstance", "EC2Instance"];
    private static readonly string[] AssociationStatuses = ["Success", "Pending", "Failed"];

    private static readonly string[] Keys =
    [
        "ActivationIds", "AgentVersion", "AssociationStatus", "IamRole", "InstanceIds", "PingStatus", "PlatformType", "PlatformTypes", "ResourceType",
        "SourceIds", "SourceTypes", "tag-key",
    ];

    /// <exception cref="AwsException">An unknown key, an impossible value, an unknown node id, or more than one filter over tags.</exception>
    public static void Check(IReadOnlyList<NodeFilter> filters, Call call)
    {
        foreach (var filter in filters)
        {
            if (!Keys.Contains(filter.Key) && !IsTag(filter.Key))
            {
                throw new AwsException("InvalidFilterKey", $"Unsupported filter key: {filter.Key}. Supported keys: {string.Join(", ", Keys)}, tag:<key>");
            }

            var allowed = filter.Key switch
            {
                "PingStatus" => PingStatuses,
                "PlatformType" or "PlatformTypes" => Platforms,
                "ResourceType" => ResourceTypes,
                "AssociationStatus" => AssociationStatuses,
                _ => null,
            };
            if (allowed is not null && filter.Values.FirstOrDefault(v => !allowed.Contains(v)) is { } wrong)
            {
                throw new AwsException(
                    "InvalidInstanceInformationFilterValue", $"The value '{wrong}' of filter {filter.Key} is none of {string.Join(", ", allowed)}.");
            }
        }

        if (filters.Count(f => IsTag(f.Key) || f.Key == "tag-key") > 1)
        {
            throw new AwsException("InvalidFilterKey", "Only one filter over tags (tag:<key> or tag-key) can be given.");
        }

        var ids = filters.Where(f => f.Key == "InstanceIds").SelectMany(f => f.Values);
        var unknown = call.Read(tx => ids.FirstOrDefault(id => !Storage.Nodes.Exists(tx, call.Scope, id)));
        if (unknown is not null)
        {
            throw new AwsException("InvalidInstanceId", $"Node {unknown} is not registered on this server.");
        }
    }

    public static bool Fit(Tx tx, IReadOnlyList<NodeFilter> filters, NodeRow node, string pingStatus) =>
        filters.All(f => Fits(tx, f, node, pingStatus));

    private static bool Fits(Tx tx, NodeFilter filter, NodeRow node, string pingStatus) => filter.Key switch
    {
        "ActivationIds" => filter.Values.Contains(node.ActivationId),
        "AgentVersion" => node.Report.AgentVersion is { } version && filter.Values.Contains(version),
        "IamRole" => filter.Values.Contains(node.Role) || filter.Values.Contains(node.Role[(node.Role.LastIndexOf('/') + 1)..]),
        "InstanceIds" or "SourceIds" => filter.Values.Contains(node.NodeId),
        "PingStatus" => filter.Values.Contains(pingStatus),
        "PlatformType" or "PlatformTypes" => node.Report.PlatformType is { } platform && filter.Values.Contains(platform),
        "ResourceType" => filter.Values.Contains(InstanceInformation.ResourceTypeOf(node)),
        "SourceTypes" => filter.Values.Contains(InstanceInformation.ManagedSource),

        // no associations exist, so no node has a status of any
        "AssociationStatus" => false,
        "tag-key" => filter.Values.All(key => TagsOf(tx, node).Any(t => t.Key == key)),
        _ => TagsOf(tx, node).Any(t => t.Key == filter.Key[TagPrefix.Length..] && filter.Values.Contains(t.Value)),
    };

    private static bool IsTag(string key) => key.StartsWith(TagPrefix, StringComparison.Ordinal) && key.Length > TagPrefix.Length;

    private static List<KeyValuePair<string, string>> TagsOf(Tx tx, NodeRow node) => Storage.Tags.Of(tx, node.Scope, Storage.Nodes.TagKind, node.NodeId);
}
