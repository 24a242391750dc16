using System.Globalization;
using Casement.Aws.Nodes;
using Casement.Aws.Wire;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Storage;
using Effect = Casement.Server.Operations.Effect;

namespace Casement.Server.Ssm.Commands;

/// <summary>Commands on their nodes, newest command first, with each step's output if asked for.</summary>
public sealed class ListCommandInvocations : Operation<ListCommandInvocations.Request, ListCommandInvocations.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call)
    {
        var query = CommandFilters.Read(request.CommandId, request.InstanceId, request.Filters, invocations: true);
        var page = call.Backstage.Paging.Open(call, request with { MaxResults = null, NextToken = null }, request.NextToken, request.MaxResults);
        var found = call.Read(tx => Find(tx, call, query, Place.Read(page.After), page.Size + 1, request.Details == true));
        var shown = page.Cut(found, f => f.At.ToString());
        return Task.FromResult(new Reply { CommandInvocations = [.. shown.Items.Select(f => f.Shown)], NextToken = shown.NextToken });
    }

    private static List<(Place At, CommandInvocation Shown)> Find(Tx tx, Call call, CommandQuery query, Place place, int limit, bool details)
    {
        var found = new List<(Place, CommandInvocation)>();
        while (true)
        {
            var rows = CommandInvocations.Page(tx, call.Scope, query, place.RequestedMs, place.CommandId, place.Ordinal, limit);
            foreach (var (command, invocation) in rows)
            {
                var status = InvocationStatus.Of(tx, call, invocation);
                place = new Place(command.RequestedMs, command.CommandId, invocation.Ordinal);
                if (query.Status is null || query.Status == status.Status.ToWire() || query.Status == status.Details.ToWire())
                {
                    found.Add((place, Show(tx, command, invocation, status, details)));
                    if (found.Count == limit)
                    {
                        return found;
                    }
                }
            }

            if (rows.Count < limit)
            {
                return found;
            }
        }
    }

    private static CommandInvocation Show(Tx tx, CommandRow command, CommandInvocationRow invocation, CommandInvocationStatusPair status, bool details) => new()
    {
        CommandId = command.CommandId,
        InstanceId = invocation.NodeId,
        InstanceName = Storage.Nodes.Find(tx, command.Scope, invocation.NodeId)?.Name ?? "",
        Comment = command.Terms.Comment ?? "",
        DocumentName = command.Terms.DocumentName,
        DocumentVersion = command.Terms.DocumentVersion ?? "",
        RequestedDateTime = DateTimeOffset.FromUnixTimeMilliseconds(command.RequestedMs),
        Status = status.Status.ToWire(),
        StatusDetails = status.Details.ToWire(),
        TraceOutput = invocation.Trace,
        StandardOutputUrl = "",
        StandardErrorUrl = "",
        CommandPlugins = details ? Plugins(NodeReplies.Results(CommandInvocations.Output(tx, command.CommandId, invocation.NodeId)), command, status) : [],
        ServiceRole = command.Terms.ServiceRole ?? "",
        NotificationConfig = Unset.Notifications(command.Terms),
        CloudWatchOutputConfig = Unset.Logs(command.Terms),
    };

    private static List<CommandPlugin> Plugins(Dictionary<string, PluginResult> results, CommandRow command, CommandInvocationStatusPair status) =>
        [.. command.Terms.Steps.Select(step => PluginOf(step.Key, results.GetValueOrDefault(step.Key), command.Terms, status))];

    private static CommandPlugin PluginOf(string step, PluginResult? result, CommandTerms terms, CommandInvocationStatusPair invocation)
    {
        var (status, details) = StepStatus.Of(result, invocation, single: terms.Steps.Count == 1);
        return new CommandPlugin
        {
            Name = step,
            Status = status,
            StatusDetails = details,
            ResponseCode = result?.Code ?? -1,
            ResponseStartDateTime = NodeInstant.TryParse(result?.StartDateTime, out var start) ? start : null,
            ResponseFinishDateTime = NodeInstant.TryParse(result?.EndDateTime, out var end) ? end : null,
            Output = result is null ? "" : OutputText.Combined(result),
            StandardOutputUrl = "",
            StandardErrorUrl = "",
            OutputS3BucketName = terms.OutputS3BucketName ?? "",
            OutputS3KeyPrefix = terms.OutputS3KeyPrefix ?? "",
        };
    }

    private sealed record Place(long RequestedMs, string CommandId, long Ordinal)
    {
        public static Place Read(string? text) => text?.Split(' ') is [var ms, var id, var ordinal]
            ? new Place(long.Parse(ms, CultureInfo.InvariantCulture), id, long.Parse(ordinal, CultureInfo.InvariantCulture))
            : new Place(long.MaxValue, "", -1);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RequestedMs} {CommandId} {Ordinal}");
    }

    public sealed record Request
    {
        [Length(36, 36)]
        public string? CommandId { get; init; }

        [Pattern(@"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)")]
        public string? InstanceId { get; init; }

        [Range(1, 50)]
        public int? MaxResults { get; init; }

        public string? NextToken { get; init; }

        [Length(1, 5)]
        public IReadOnlyList<CommandFilter>? Filters { get; init; }

        public bool? Details { get; init; }
    }

    public sealed record Reply
    {
        public IReadOnlyList<CommandInvocation>? CommandInvocations { get; init; }

        public string? NextToken { get; init; }
    }

    public sealed record CommandInvocation
    {
        public string? CommandId { get; init; }

        public string? InstanceId { get; init; }

        public string? InstanceName { get; init; }

        public string? Comment { get; init; }

        public string? DocumentName { get; init; }

        public string? DocumentVersion { get; init; }

        public DateTimeOffset? RequestedDateTime { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public string? TraceOutput { get; init; }

        public string? StandardOutputUrl { get; init; }

        public string? StandardErrorUrl { get; init; }

        public IReadOnlyList<CommandPlugin>? CommandPlugins { get; init; }

        public string? ServiceRole { get; init; }

        public NotificationConfig? NotificationConfig { get; init; }

        public CloudWatchOutputConfig? CloudWatchOutputConfig { get; init; }
    }

    public sealed record CommandPlugin
    {
        public string? Name { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public int? ResponseCode { get; init; }

        public DateTimeOffset? ResponseStartDateTime { get; init; }

        public DateTimeOffset? ResponseFinishDateTime { get; init; }

        public string? Output { get; init; }

        public string? StandardOutputUrl { get; init; }

        public string? StandardErrorUrl { get; init; }

        public string? OutputS3BucketName { get; init; }

        public string? OutputS3KeyPrefix { get; init; }
    }
}
