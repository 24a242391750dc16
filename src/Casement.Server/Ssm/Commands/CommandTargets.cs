using Casement.Aws;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Server.Ssm.Documents;
using Casement.Server.Ssm.Nodes;
using Casement.Storage;

namespace Casement.Server.Ssm.Commands;

/// <summary>From what a sender names to nodes: all of several targets must fit a node, of a target's values one.</summary>
internal static class CommandTargets
{
    /// <summary>As many as five targets of fifty values can name; the model's constraints refuse more.</summary>
    public const int IdsMax = 250;

    private const string TagPrefix = "tag:";

    /// <summary>Ids that a request names, by either member; empty when it goes by tags alone.</summary>
    public static IReadOnlyList<string> Ids(SendCommand.Request request) =>
        request.InstanceIds is { Count: > 0 } ids ? ids : [.. (request.Targets ?? []).Where(IsById).SelectMany(t => t.Values ?? [])];

    /// <exception cref="AwsException">Neither or both members, an unknown key, a node twice.</exception>
    public static void Check(SendCommand.Request request)
    {
        if (request.InstanceIds is { Count: > 0 } == request.Targets is { Count: > 0 })
        {
            throw new AwsException("ValidationException", "Exactly one of InstanceIds and Targets must name the nodes.");
        }

        foreach (var target in request.Targets ?? [])
        {
            var key = target.Key ?? "";
            if (key.StartsWith("resource-groups:", StringComparison.Ordinal))
            {
                throw new AwsException("ValidationException", $"The target key {key} is not carried out by this version: name nodes by InstanceIds or by tag:<key>.");
            }

            if (!IsById(target) && key != "tag-key" && (!key.StartsWith(TagPrefix, StringComparison.Ordinal) || key.Length == TagPrefix.Length))
            {
                throw new AwsException("ValidationException", $"Unsupported target key: {key}. Supported keys: InstanceIds, tag:<key>, tag-key");
            }

            if (target.Values is not { Count: > 0 })
            {
                throw new AwsException("ValidationException", $"The target {key} names no values.");
            }
        }

        var twice = Ids(request).GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw new AwsException("DuplicateInstanceId", $"The node {twice.Key} is named more than once.");
        }
    }

    /// <summary>
    /// The nodes, in the order given or registered. By id all must exist and fit the document's platforms; by tag those that do not
    /// fit, or that the caller may not command, become invocations that have ended at once.
    /// </summary>
    /// <exception cref="AwsException">InvalidInstanceId, UnsupportedPlatformType.</exception>
    public static List<(string NodeId, CommandInvocationOutcome? Ended)> Resolve(Tx tx, Call call, SendCommand.Request request, CommandDocument document)
    {
        if (Ids(request) is { Count: > 0 } ids && (request.Targets ?? []).All(IsById))
        {
            return ById(tx, call, ids, document);
        }

        List<NodeRow>? found = null;
        foreach (var nodes in request.Targets!.Select(t => Fitting(tx, call, t)))
        {
            found = found is null ? nodes : [.. found.IntersectBy(nodes.Select(n => n.NodeId), n => n.NodeId)];
        }

        return [.. found!.Select(node => (node.NodeId, EndedAtOnce(tx, call, node, document)))];
    }

    private static List<(string NodeId, CommandInvocationOutcome? Ended)> ById(Tx tx, Call call, IReadOnlyList<string> ids, CommandDocument document)
    {
        var nodes = ids.Select(id => (Id: id, Row: Storage.Nodes.Find(tx, call.Scope, id))).ToList();
        var unknown = nodes.Where(n => n.Row is null).Select(n => n.Id).ToList();
        if (unknown.Count > 0)
        {
            throw new AwsException("InvalidInstanceId", $"Instances [[{string.Join(", ", unknown)}]] not in a valid state for account {call.Scope.Account}");
        }

        if (nodes.Find(n => !RunsOn(document, n.Row!)) is { Row: { } other })
        {
            throw new AwsException(
                "UnsupportedPlatformType", $"The document {document.Name} runs on {string.Join(", ", document.PlatformTypes)}; the node {other.NodeId} is {other.Report.PlatformType}.");
        }

        return [.. nodes.Select(n => (n.Id, (CommandInvocationOutcome?)null))];
    }

    private static List<NodeRow> Fitting(Tx tx, Call call, Target target)
    {
        if (IsById(target))
        {
            return [.. target.Values!.Select(id => Storage.Nodes.Find(tx, call.Scope, id)).OfType<NodeRow>()];
        }

        if (target.Key != "tag-key")
        {
            return Storage.Nodes.WithTag(tx, call.Scope, target.Key![TagPrefix.Length..], target.Values!);
        }

        // every key listed must be there
        var lists = target.Values!.Select(key => Storage.Nodes.WithTagKey(tx, call.Scope, key)).ToList();
        return [.. lists[0].Where(node => lists.TrueForAll(list => list.Exists(other => other.NodeId == node.NodeId)))];
    }

    private static CommandInvocationOutcome? EndedAtOnce(Tx tx, Call call, NodeRow node, CommandDocument document)
    {
        var access = new Access(call.Operation.Action, NodeAccess.Arn(call.Scope, node.NodeId))
        {
            ResourceTags = Storage.Tags.Of(tx, call.Scope, Storage.Nodes.TagKind, node.NodeId),
        };
        return !call.Backstage.Authorizer.Ask(call, access).IsAllowed ? CommandInvocationOutcome.AccessDenied
            : RunsOn(document, node) ? null
            : CommandInvocationOutcome.InvalidPlatform;
    }

    // a node that has not said its platform yet gets the benefit of the doubt
    private static bool RunsOn(CommandDocument document, NodeRow node) =>
        node.Report.PlatformType is not { } platform || document.PlatformTypes.Contains(platform, StringComparer.OrdinalIgnoreCase);

    private static bool IsById(Target target) => string.Equals(target.Key, "InstanceIds", StringComparison.OrdinalIgnoreCase);
}
