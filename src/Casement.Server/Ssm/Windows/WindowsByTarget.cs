using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>
/// Which windows reach a node, a tag or a group. A question by tag also finds the windows that name the tag's nodes by id, and a
/// question by id those that name the node's tags.
/// </summary>
internal static class WindowsByTarget
{
    /// <summary>In order of creation.</summary>
    public static List<WindowRow> Find(Tx tx, Scope scope, IReadOnlyList<TargetSelector> asked, string resourceType)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (resourceType == TargetRules.ResourceGroup)
        {
            ids.UnionWith(Registered(tx, scope, resourceType).Where(t => IsOfGroup(asked, t.Definition.Targets)).Select(t => t.WindowId));
        }
        else
        {
            var nodes = Nodes(tx, scope, asked);
            ids.UnionWith(Registered(tx, scope, resourceType).Where(t => NamesSameTags(asked, t.Definition.Targets) || nodes.Any(n => n.IsIn(t.Definition.Targets)))
                .Select(t => t.WindowId));
            ids.UnionWith(WindowTasks.All(tx, scope)
                .Where(t => t.Definition.Targets.Any(s => s.Key == TargetRules.InstanceIds && nodes.Any(n => s.Values.Contains(n.Id))))
                .Select(t => t.WindowId));
        }

        return Storage.Windows.Of(tx, scope, ids);
    }

    private static IEnumerable<WindowTargetRow> Registered(Tx tx, Scope scope, string resourceType) =>
        WindowTargets.All(tx, scope).Where(t => t.Definition.ResourceType == resourceType);

    private static bool IsOfGroup(IReadOnlyList<TargetSelector> asked, IReadOnlyList<TargetSelector> registered)
    {
        var types = Values(asked, TargetRules.GroupTypes);
        var limited = Values(registered, TargetRules.GroupTypes);
        return Values(asked, TargetRules.GroupName).SequenceEqual(Values(registered, TargetRules.GroupName))
            && (types.Count == 0 || limited.Count == 0 || types.Intersect(limited).Any());
    }

    private static List<string> Values(IReadOnlyList<TargetSelector> selectors, string key) => [.. selectors.Where(s => s.Key == key).SelectMany(s => s.Values)];

    private static bool NamesSameTags(IReadOnlyList<TargetSelector> asked, IReadOnlyList<TargetSelector> registered) =>
        asked.All(a => a.Key != TargetRules.InstanceIds && registered.Any(r => r.Key == a.Key && r.Values.Intersect(a.Values).Any()));

    /// <summary>The nodes asked about: those named, or all that carry the tags.</summary>
    private static List<TaggedNode> Nodes(Tx tx, Scope scope, IReadOnlyList<TargetSelector> asked)
    {
        if (asked[0].Key == TargetRules.InstanceIds)
        {
            return [.. asked[0].Values.Distinct(StringComparer.Ordinal).Select(id => new TaggedNode(id, Storage.Tags.Of(tx, scope, Storage.Nodes.TagKind, id)))];
        }

        var first = asked[0];
        var key = first.Key == TargetRules.TagKey ? first.Values[0] : first.Key[TargetRules.TagPrefix.Length..];
        return
        [
            .. Storage.Tags.Carrying(tx, scope, Storage.Nodes.TagKind, key)
                .Select(id => new TaggedNode(id, Storage.Tags.Of(tx, scope, Storage.Nodes.TagKind, id)))
                .Where(n => n.IsIn(asked)),
        ];
    }

    private sealed record TaggedNode(string Id, IReadOnlyList<KeyValuePair<string, string>> Tags)
    {
        public bool IsIn(IReadOnlyList<TargetSelector> selectors) => selectors.All(s => s.Key switch
        {
            TargetRules.InstanceIds => s.Values.Contains(Id),
            TargetRules.TagKey => s.Values.All(key => Tags.Any(t => t.Key == key)),
            _ => Tags.Any(t => t.Key == s.Key[TargetRules.TagPrefix.Length..] && s.Values.Contains(t.Value)),
        });
    }
}
