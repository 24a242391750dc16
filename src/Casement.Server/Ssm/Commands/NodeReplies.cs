using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Storage;

namespace Casement.Server.Ssm.Commands;

/// <summary>
/// What nodes say of commands, applied to rows. An end is kept whatever comes later; results of steps are merged by key, the last
/// end winning; what is unknown or too late changes no status.
/// </summary>
internal static class NodeReplies
{
    private const int WordMax = 256;
    private const int StreamMax = 24_000;
    private const int OutputMax = 2_500;
    private const int TraceMax = 2_500;

    /// <exception cref="AwsException">The payload is not a reply's JSON.</exception>
    public static ReplyPayload Read(string payload)
    {
        try
        {
            return JsonSerializer.Deserialize(payload, NodeJson.Wire.ReplyPayload) ?? throw Unreadable("null");
        }
        catch (JsonException e)
        {
            throw Unreadable(e.Message);
        }
    }

    /// <exception cref="AwsException">The command was withdrawn before the node had it: a node that asks before it starts must not start it now.</exception>
    public static void Acknowledge(Tx tx, Call call, CommandMessageId id)
    {
        var messageId = id.ToString();
        if (Storage.Mailbox.RemoveCancel(tx, messageId) || Find(tx, call, id) is not var (unit, invocation))
        {
            return;
        }

        if (invocation is { AckedMs: null, Outcome: CommandInvocationOutcome.DeliveryTimedOut or CommandInvocationOutcome.Cancelled or CommandInvocationOutcome.Undeliverable })
        {
            throw new AwsException("InvalidMessageIdException", $"The message '{messageId}' was withdrawn before it was acknowledged: its command has ended here.");
        }

        unit.Acknowledge(invocation);
        unit.Save();
    }

    public static void Fail(Tx tx, Call call, CommandMessageId id, string failure)
    {
        if (Storage.Mailbox.RemoveCancel(tx, id.ToString()) || Find(tx, call, id) is not var (unit, invocation) || invocation.Outcome is not null)
        {
            return;
        }

        Trace(tx, invocation, $"The node could not handle the message: {failure}.");
        unit.End(invocation, CommandInvocationOutcome.Failed);
        unit.Save();
    }

    public static void Apply(Tx tx, Call call, CommandMessageId id, ReplyPayload reply)
    {
        // the answer to a cancellation is no more than its acknowledgement
        if (Storage.Mailbox.RemoveCancel(tx, id.ToString()) || Find(tx, call, id) is not var (unit, invocation) || invocation.Stage == CommandStage.Unsent)
        {
            return;
        }

        Merge(tx, unit.Row.Terms, invocation, reply);
        var outcome = OutcomeOf(reply.DocumentStatus);
        if (invocation.Outcome is { } ended)
        {
            if (outcome is { } late && late != ended && !string.IsNullOrEmpty(reply.DocumentStatus))
            {
                Trace(tx, invocation, string.Create(
                    CultureInfo.InvariantCulture, $"{invocation.Trace}{(invocation.Trace is null ? "" : "\n")}The node reported {reply.DocumentStatus} after the command had ended {ended} here."));
            }

            return;
        }

        if (!string.IsNullOrEmpty(reply.DocumentTraceOutput))
        {
            Trace(tx, invocation, reply.DocumentTraceOutput);
        }

        // a reply proves receipt; a final one is an acknowledgement and the end in one
        if (outcome is { } end)
        {
            unit.End(invocation, end);
        }
        else
        {
            unit.Acknowledge(invocation);
        }

        unit.Save();
    }

    /// <summary>Results of steps as stored.</summary>
    public static Dictionary<string, PluginResult> Results(byte[]? stored)
    {
        try
        {
            return stored is null ? [] : JsonSerializer.Deserialize(stored, ReplyStorageJson.Default.DictionaryStringPluginResult) ?? [];
        }
        catch (JsonException)
        {
            // output that is damaged must keep neither a list from its readers nor a node from the end of its command
            return [];
        }
    }

    private static (CommandUnit Unit, CommandInvocationRow Invocation)? Find(Tx tx, Call call, CommandMessageId id) =>
        CommandInvocations.Find(tx, id.CommandId, id.NodeId) is { } invocation &&
        CommandUnit.Open(tx, call.Backstage, id.CommandId, call.NowMs) is { } unit && unit.Row.Scope == call.Scope
            ? (unit, invocation)
            : null;

    /// <summary>Null for everything that is no end: also SuccessAndReboot, after which the node runs the step again.</summary>
    private static CommandInvocationOutcome? OutcomeOf(string? status) => status switch
    {
        ReplyStatus.Success => CommandInvocationOutcome.Success,
        ReplyStatus.Failed => CommandInvocationOutcome.Failed,
        ReplyStatus.TimedOut => CommandInvocationOutcome.ExecutionTimedOut,
        ReplyStatus.Cancelled => CommandInvocationOutcome.Cancelled,
        _ => null,
    };

    // steps that the document does not have are nobody's result, and as many as a node likes to make up
    private static void Merge(Tx tx, CommandTerms terms, CommandInvocationRow invocation, ReplyPayload reply)
    {
        if (reply.RuntimeStatus is not { Count: > 0 } news)
        {
            return;
        }

        var known = Results(CommandInvocations.Output(tx, invocation.CommandId, invocation.NodeId));
        var changed = false;
        foreach (var step in terms.Steps.Select(s => s.Key))
        {
            if (news.GetValueOrDefault(step) is { } result && !IsOlder(result, known.GetValueOrDefault(step)))
            {
                known[step] = result with
                {
                    Status = OutputText.Cut(result.Status, WordMax),
                    Name = OutputText.Cut(result.Name, WordMax),
                    StartDateTime = OutputText.Cut(result.StartDateTime, WordMax),
                    EndDateTime = OutputText.Cut(result.EndDateTime, WordMax),
                    OutputS3BucketName = OutputText.Cut(result.OutputS3BucketName, OutputMax),
                    OutputS3KeyPrefix = OutputText.Cut(result.OutputS3KeyPrefix, OutputMax),
                    StepName = OutputText.Cut(result.StepName, WordMax),
                    StandardOutput = OutputText.Cut(result.StandardOutput, StreamMax),
                    StandardError = OutputText.Cut(result.StandardError, StreamMax),
                    Output = OutputText.Cut(result.Output, OutputMax),
                };
                changed = true;
            }
        }

        if (changed)
        {
            CommandInvocations.SetOutput(
                tx, invocation.CommandId, invocation.NodeId, JsonSerializer.SerializeToUtf8Bytes(known, ReplyStorageJson.Default.DictionaryStringPluginResult));
        }
    }

    private static bool IsOlder(PluginResult news, PluginResult? known) =>
        known is not null && NodeInstant.TryParse(known.EndDateTime, out var before) &&
        (!NodeInstant.TryParse(news.EndDateTime, out var now) || now < before);

    private static void Trace(Tx tx, CommandInvocationRow invocation, string text) =>
        CommandInvocations.SetTrace(tx, invocation.CommandId, invocation.NodeId, OutputText.Cut(text, TraceMax)!);

    private static AwsException Unreadable(string why) => new("ValidationException", $"Payload is not the JSON text of a reply: {why}");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Dictionary<string, PluginResult>))]
internal sealed partial class ReplyStorageJson : JsonSerializerContext;
