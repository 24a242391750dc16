using System.Globalization;
using Casement.Aws;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>Which lists of targets a window takes: at registration, in a question, on a task.</summary>
internal static class TargetRules
{
    public const string Instance = "INSTANCE";
    public const string ResourceGroup = "RESOURCE_GROUP";
    public const string InstanceIds = "InstanceIds";
    public const string WindowTargetIds = "WindowTargetIds";
    public const string TagKey = "tag-key";
    public const string TagPrefix = "tag:";
    public const string GroupPrefix = "resource-groups:";
    public const string GroupName = "resource-groups:Name";
    public const string GroupTypes = "resource-groups:ResourceTypeFilters";

    private const int GroupTypesMax = 5;

    /// <summary>The resource type that a list is of, by its keys: an update may switch from one style to another.</summary>
    public static string TypeOf(IReadOnlyList<Target> targets) =>
        targets.Any(t => t.Key?.StartsWith(GroupPrefix, StringComparison.Ordinal) == true) ? ResourceGroup : Instance;

    /// <summary>A list for registered targets or a question about them.</summary>
    /// <exception cref="AwsException">ValidationException naming the entry and the rule.</exception>
    public static IReadOnlyList<TargetSelector> Check(IReadOnlyList<Target> targets, string resourceType, Quotas quotas)
    {
        var selectors = Selectors(targets);
        if (selectors.Count == 0)
        {
            throw Refuse("Targets must name at least one target.");
        }

        return resourceType == Instance ? CheckInstances(selectors, quotas) : CheckGroup(selectors);
    }

    /// <summary>The targets of a task: registered targets of its window, or nodes where the window allows it.</summary>
    /// <exception cref="AwsException">ValidationException, or DoesNotExistException for a target that the window does not have.</exception>
    public static IReadOnlyList<TargetSelector> CheckOfTask(IReadOnlyList<Target> targets, Tx tx, Scope scope, WindowRow window, Quotas quotas)
    {
        var selectors = Selectors(targets);
        foreach (var selector in selectors)
        {
            if (selector.Key is not (WindowTargetIds or InstanceIds))
            {
                throw Unsupported(selector.Key, "of a task", WindowTargetIds, InstanceIds);
            }
        }

        if (!window.Definition.AllowUnassociatedTargets && selectors.Any(s => s.Key == InstanceIds))
        {
            throw Refuse(
                $"Maintenance window {window.WindowId} does not allow unassociated targets: a task's targets must be registered with it and named by {WindowTargetIds}.");
        }

        Most(Total(selectors, InstanceIds), quotas.IdsPerTarget, "instance IDs in a target");
        var ids = selectors.Where(s => s.Key == WindowTargetIds).SelectMany(s => s.Values).ToList();
        if (ids.Count > quotas.WindowTargetsPerTask)
        {
            // AWS's own wording
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"The maximum number of window targets is {quotas.WindowTargetsPerTask}"));
        }

        foreach (var id in ids)
        {
            if (WindowTargets.Find(tx, scope, window.WindowId, id) is null)
            {
                throw WindowRules.TargetDoesNotExist(id);
            }
        }

        return selectors;
    }

    private static List<TargetSelector> Selectors(IReadOnlyList<Target> targets)
    {
        var faults = new List<string>();
        for (var i = 0; i < targets.Count; i++)
        {
            if (targets[i].Key is null)
            {
                faults.Add(WindowRules.NullAt(string.Create(CultureInfo.InvariantCulture, $"targets.{i + 1}.member.key")));
            }

            if (targets[i].Values is null)
            {
                faults.Add(WindowRules.NullAt(string.Create(CultureInfo.InvariantCulture, $"targets.{i + 1}.member.values")));
            }
        }

        WindowRules.Refuse(faults);
        foreach (var target in targets)
        {
            if (target.Values!.Count == 0 || target.Values.Any(string.IsNullOrEmpty))
            {
                throw Refuse($"The target {target.Key} has {(target.Values.Count == 0 ? "no values" : "an empty value")}.");
            }
        }

        return [.. targets.Select(t => new TargetSelector(t.Key!, t.Values!))];
    }

    private static List<TargetSelector> CheckInstances(List<TargetSelector> selectors, Quotas quotas)
    {
        foreach (var key in selectors.Select(s => s.Key))
        {
            var isTag = key.StartsWith(TagPrefix, StringComparison.Ordinal) && key.Length > TagPrefix.Length;
            if (!isTag && key is not (InstanceIds or TagKey))
            {
                throw Unsupported(key, $"with ResourceType {Instance}", InstanceIds, "tag:<key>", TagKey);
            }
        }

        if (selectors.Count > 1 && selectors.Any(s => s.Key == InstanceIds))
        {
            throw Refuse($"{InstanceIds} cannot be combined with other targets: nodes are named either by ID or by tag.");
        }

        Most(Total(selectors, InstanceIds), quotas.IdsPerTarget, "instance IDs in a target");
        Most(Total(selectors, TagKey), quotas.TagsPerTarget, "tag keys in a target");
        Most(selectors.Where(s => s.Key.StartsWith(TagPrefix, StringComparison.Ordinal)).Sum(s => s.Values.Count), quotas.TagsPerTarget, "tag key-value pairs in a target");
        return selectors;
    }

    private static List<TargetSelector> CheckGroup(List<TargetSelector> selectors)
    {
        foreach (var key in selectors.Select(s => s.Key))
        {
            if (key is not (GroupName or GroupTypes))
            {
                throw Unsupported(key, $"with ResourceType {ResourceGroup}", GroupName, GroupTypes);
            }
        }

        if (Total(selectors, GroupName) != 1)
        {
            throw Refuse($"A target with ResourceType {ResourceGroup} names exactly one resource group by {GroupName}.");
        }

        Most(Total(selectors, GroupTypes), GroupTypesMax, $"values of {GroupTypes} in a target");
        return selectors;
    }

    private static int Total(List<TargetSelector> selectors, string key) => selectors.Where(s => s.Key == key).Sum(s => s.Values.Count);

    private static void Most(int count, int most, string things)
    {
        if (count > most)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"The maximum number of {things} is {most}, {count} were given."));
        }
    }

    private static AwsException Unsupported(string key, string where, params string[] supported) =>
        Refuse($"Unsupported target key: {key}. Supported keys {where}: {string.Join(", ", supported)}");

    private static AwsException Refuse(string text) => new("ValidationException", text);
}
