using System.Xml;
using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Aws.Wire;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Storage;
using Effect = Casement.Server.Operations.Effect;

namespace Casement.Server.Ssm.Commands;

/// <summary>One step of a command on one node, with its output.</summary>
public sealed class GetCommandInvocation : Operation<GetCommandInvocation.Request, GetCommandInvocation.Reply>
{
    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Read;

    protected override Task<Reply> Handle(Request request, Call call) => Task.FromResult(call.Read(tx =>
    {
        if (Storage.Commands.Find(tx, call.Scope, request.CommandId!) is not { } command ||
            CommandInvocations.Find(tx, request.CommandId!, request.InstanceId!) is not { } invocation)
        {
            throw new AwsException("InvocationDoesNotExist", "");
        }

        var step = StepOf(command.Terms, request.PluginName);
        var result = NodeReplies.Results(CommandInvocations.Output(tx, command.CommandId, invocation.NodeId)).GetValueOrDefault(step.Key);
        return Show(command, invocation, step, result, InvocationStatus.Of(tx, call, invocation));
    }));

    private static Reply Show(
        CommandRow command, CommandInvocationRow invocation, CommandStep step, PluginResult? result, CommandInvocationStatusPair pair)
    {
        var (status, details) = StepStatus.Of(result, pair, single: command.Terms.Steps.Count == 1);
        var hasStart = NodeInstant.TryParse(result?.StartDateTime, out var start);
        var hasEnd = NodeInstant.TryParse(result?.EndDateTime, out var end);
        return new Reply
        {
            CommandId = command.CommandId,
            InstanceId = invocation.NodeId,
            Comment = command.Terms.Comment ?? "",
            DocumentName = command.Terms.DocumentName,
            DocumentVersion = command.Terms.DocumentVersion ?? "",
            PluginName = step.Key,
            ResponseCode = result?.Code ?? -1,
            ExecutionStartDateTime = hasStart ? NodeInstant.Format(start) : "",
            ExecutionElapsedTime = hasStart && hasEnd ? XmlConvert.ToString(end - start) : "",
            ExecutionEndDateTime = hasEnd ? NodeInstant.Format(end) : "",
            Status = status,
            StatusDetails = details,
            StandardOutputContent = OutputText.Cut(result?.StandardOutput ?? "", OutputText.StandardOutputMax),
            StandardOutputUrl = "",
            StandardErrorContent = OutputText.Cut(result?.StandardError ?? "", OutputText.StandardErrorMax),
            StandardErrorUrl = "",
            CloudWatchOutputConfig = Unset.Logs(command.Terms),
        };
    }

    /// <summary>By the step's name, or by its plugin where only one step runs that; a document's only step needs no name.</summary>
    private static CommandStep StepOf(CommandTerms terms, string? name)
    {
        var fitting = terms.Steps.Where(s => name is null || s.Key == name).ToList();
        if (fitting.Count == 0)
        {
            fitting = [.. terms.Steps.Where(s => s.Plugin == name)];
        }

        return fitting.Count == 1 ? fitting[0] : throw new AwsException("InvalidPluginName", "");
    }

    public sealed record Request
    {
        [Required, Length(36, 36)]
        public string? CommandId { get; init; }

        [Required, Pattern(@"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)")]
        public string? InstanceId { get; init; }

        [Length(4, -1)]
        public string? PluginName { get; init; }
    }

    public sealed record Reply
    {
        public string? CommandId { get; init; }

        public string? InstanceId { get; init; }

        public string? Comment { get; init; }

        public string? DocumentName { get; init; }

        public string? DocumentVersion { get; init; }

        public string? PluginName { get; init; }

        public int? ResponseCode { get; init; }

        public string? ExecutionStartDateTime { get; init; }

        public string? ExecutionElapsedTime { get; init; }

        public string? ExecutionEndDateTime { get; init; }

        public string? Status { get; init; }

        public string? StatusDetails { get; init; }

        public string? StandardOutputContent { get; init; }

        public string? StandardOutputUrl { get; init; }

        public string? StandardErrorContent { get; init; }

        public string? StandardErrorUrl { get; init; }

        public CloudWatchOutputConfig? CloudWatchOutputConfig { get; init; }
    }
}
