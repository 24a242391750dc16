using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Aws;
using Casement.Aws.Nodes;
using Casement.Aws.Wire;
using Casement.Executions;
using Casement.Server.Operations;
using Casement.Server.Ssm.Documents;
using Casement.Server.Ssm.Nodes;
using Casement.Storage;
using NodaTime;
using Effect = Casement.Server.Operations.Effect;

namespace Casement.Server.Ssm.Commands;

/// <summary>A command that a window's invocation sends: repeated after a crash it is the same command.</summary>
/// <param name="CommandId">Derived from the invocation's id.</param>
/// <param name="InvocationId">The invocation that the command carries out; its execution is woken at the command's end.</param>
/// <param name="Admit">
/// Asked within the unit of work that sends: whether the invocation still waits for this command, marking it as started. False
/// sends nothing.
/// </param>
public sealed record WindowOrder(string CommandId, string InvocationId, Func<Tx, bool> Admit);

/// <summary>
/// Runs a document on nodes. One commit holds the command, its invocations and the messages of the first step of its ramp.
/// </summary>
public sealed class SendCommand : Operation<SendCommand.Request, SendCommand.Reply>
{
    private const int TimeoutDefault = 3600;
    private const long RetryMs = 15 * 60_000;

    public override Service Service => Service.Ssm;

    public override Effect Effect => Effect.Write;

    /// <summary>
    /// The engine's way in: the same operation object on the same path, called as the task's role. Safe to repeat with the same
    /// order.
    /// </summary>
    /// <returns>The command; null in it when the order was not admitted any more.</returns>
    /// <exception cref="AwsException">What any caller would be refused for; <see cref="ParameterRules.NamesKey"/> in its data names wrong parameters.</exception>
    public static async Task<Reply> SendFor(Backstage backstage, Scope scope, Principal.RoleSession session, Request request, WindowOrder order)
    {
        var operation = Catalogue.All.OfType<SendCommand>().Single();
        var call = new Call(backstage, operation, scope, session, Source.Engine, CancellationToken.None);
        return (Reply)await Pipeline.Run(call, request with { Order = order });
    }

    protected override IEnumerable<Access> Needs(Request request, Call call)
    {
        yield return DocumentLibrary.To(Action, request.DocumentName, call);
        if (!string.IsNullOrEmpty(request.OutputS3BucketName))
        {
            yield return new Access(Action, $"arn:aws:s3:::{request.OutputS3BucketName}");
        }

        // nodes that are named must all be allowed; those found by tag are asked for one by one later. More than can be named are
        // refused after this, so the rest of a long list is nobody's permission
        foreach (var id in CommandTargets.Ids(request).Take(CommandTargets.IdsMax))
        {
            yield return NodeAccess.To(Action, id, call);
        }
    }

    protected override IEnumerable<string> Passes(Request request, Call call) => string.IsNullOrEmpty(request.ServiceRoleArn) ? [] : [request.ServiceRoleArn];

    protected override async Task<Reply> Handle(Request request, Call call)
    {
        var document = DocumentLibrary.Demand(request.DocumentName!, request.DocumentVersion);
        CheckHash(request, document);
        var given = request.Parameters ?? new Dictionary<string, IReadOnlyList<string>>();
        ParameterRules.Check(document, given);
        CommandTargets.Check(request);
        CheckNotifications(request);
        if (request.AlarmConfiguration is not null)
        {
            throw new AwsException("ValidationException", "AlarmConfiguration is not carried out by this version: nothing here watches alarms.");
        }

        if (!RateControl.TryParse(request.MaxConcurrency ?? "50", request.MaxErrors ?? "0", out var rate, out var fault))
        {
            throw new AwsException("ValidationException", fault);
        }

        var commandId = request.Order?.CommandId ?? Ids.Uuid();
        var terms = TermsOf(request, document, given);
        var payload = JsonSerializer.Serialize(
            new SendCommandPayload(
                commandId, document.Name, document.Root, ParameterRules.Shaped(document, given), request.OutputS3BucketName ?? "",
                request.OutputS3KeyPrefix ?? "", terms.CloudWatchLogGroupName ?? "", terms.CloudWatchOutputEnabled == true ? "true" : "false"),
            NodeJson.Wire.SendCommandPayload);
        var sent = await call.Write(tx =>
        {
            if (request.Order is { } order && !order.Admit(tx))
            {
                return null;
            }

            // no client token exists: the retries of one call carry the same invocation id and the same body
            var hash = RequestHash.Of(request);
            var id = ClientTokens.Once(
                tx, call.Scope, Name, $"{call.Principal.Arn}\n{hash}", call.InvocationId, hash, call.NowMs, () => Send(tx, call, request, document, terms, rate, commandId, payload), RetryMs);
            return Storage.Commands.Find(tx, call.Scope, id!);
        });
        return new Reply { Command = sent is null ? null : Command.Of(sent) };
    }

    private static string Send(
        Tx tx, Call call, Request request, CommandDocument document, CommandTerms terms, RateControl rate, string commandId, string payload)
    {
        var nodes = CommandTargets.Resolve(tx, call, request, document);
        var progress = CommandProgress.Create(nodes.Count, rate);
        var status = CommandMachine.StatusOf(progress);
        var expires = CommandClocks.ExpiresAfter(call.Now, Duration.FromSeconds(terms.TimeoutSeconds), Duration.FromSeconds(terms.ExecutionSeconds));
        var row = new CommandRow(
            commandId, call.Scope, call.NowMs, expires.ToUnixTimeMilliseconds(), status.Status.ToWire(), status.Details.ToWire(), progress,
            call.Principal.Arn, request.Order?.InvocationId, terms, payload, Final: false);
        CommandUnit.Create(tx, call.Backstage, row, nodes, call.NowMs);
        return commandId;
    }

    private static CommandTerms TermsOf(Request request, CommandDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> given)
    {
        var timeoutText = given.TryGetValue("executionTimeout", out var values) ? values[0]
            : document.Parameters.FirstOrDefault(p => p.Name == "executionTimeout")?.Default?.ToString();
        var steps = document.Steps.Select(s => s.Timeout is { } timeout ? Duration.FromTimeSpan(timeout) : (Duration?)null);
        return new CommandTerms
        {
            DocumentName = document.Name,
            DocumentVersion = request.DocumentVersion,
            Comment = request.Comment,
            Parameters = request.Parameters,
            InstanceIds = request.InstanceIds,
            Targets = request.Targets is null ? null : [.. request.Targets.Select(t => new CommandTarget(t.Key!, t.Values!))],
            TimeoutSeconds = request.TimeoutSeconds ?? TimeoutDefault,
            ExecutionSeconds = (long)CommandClocks.ExecutionTimeout(timeoutText, steps).TotalSeconds,
            MaxConcurrency = request.MaxConcurrency ?? "50",
            MaxErrors = request.MaxErrors ?? "0",
            Steps = [.. document.Steps.Select(s => new CommandStep(s.Key, s.Plugin))],
            OutputS3BucketName = request.OutputS3BucketName,
            OutputS3KeyPrefix = request.OutputS3KeyPrefix,
            ServiceRole = request.ServiceRoleArn,
            NotificationArn = request.NotificationConfig?.NotificationArn,
            NotificationEvents = request.NotificationConfig?.NotificationEvents,
            NotificationType = request.NotificationConfig?.NotificationType,
            CloudWatchLogGroupName = request.CloudWatchOutputConfig?.CloudWatchLogGroupName,
            CloudWatchOutputEnabled = request.CloudWatchOutputConfig?.CloudWatchOutputEnabled,
        };
    }

    private static void CheckHash(Request request, CommandDocument document)
    {
        if (string.IsNullOrEmpty(request.DocumentHash))
        {
            return;
        }

        if (request.DocumentHashType == "Sha1" || !request.DocumentHash.Equals(document.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new AwsException("InvalidDocument", "The document hash does not match.");
        }
    }

    private static void CheckNotifications(Request request)
    {
        if (!string.IsNullOrEmpty(request.NotificationConfig?.NotificationArn) && string.IsNullOrEmpty(request.ServiceRoleArn))
        {
            throw new AwsException("InvalidRole", "NotificationConfig needs ServiceRoleArn: the role that may publish to the topic.");
        }
    }

    public sealed record Request
    {
        [Length(0, 50), EachPattern(@"(^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)")]
        public IReadOnlyList<string>? InstanceIds { get; init; }

        [Length(0, 5)]
        public IReadOnlyList<Target>? Targets { get; init; }

        [Required, Pattern(@"^[a-zA-Z0-9_\-.:/]{3,128}$")]
        public string? DocumentName { get; init; }

        [Pattern("([$]LATEST|[$]DEFAULT|^[1-9][0-9]*$)")]
        public string? DocumentVersion { get; init; }

        [Length(0, 256)]
        public string? DocumentHash { get; init; }

        [EnumValues("Sha256", "Sha1")]
        public string? DocumentHashType { get; init; }

        [Range(30, 2592000)]
        public int? TimeoutSeconds { get; init; }

        [Length(0, 100)]
        public string? Comment { get; init; }

        [Sensitive]
        public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

        [Length(3, 20)]
        public string? OutputS3Region { get; init; }

        [Length(3, 63)]
        public string? OutputS3BucketName { get; init; }

        [Length(0, 500)]
        public string? OutputS3KeyPrefix { get; init; }

        [Length(1, 7), Pattern("^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$")]
        public string? MaxConcurrency { get; init; }

        [Length(1, 7), Pattern("^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$")]
        public string? MaxErrors { get; init; }

        public string? ServiceRoleArn { get; init; }

        public NotificationConfig? NotificationConfig { get; init; }

        public CloudWatchOutputConfig? CloudWatchOutputConfig { get; init; }

        public AlarmConfiguration? AlarmConfiguration { get; init; }

        [JsonIgnore]
        internal WindowOrder? Order { get; init; }
    }

    public sealed record Reply
    {
        public Command? Command { get; init; }
    }
}
