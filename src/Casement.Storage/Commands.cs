using System.Text.Json;
using System.Text.Json.Serialization;
using Casement.Executions;

namespace Casement.Storage;

/// <summary>A command as it was sent; members that the sender left out are null.</summary>
public sealed record CommandTerms
{
    public required string DocumentName { get; init; }

    public string? DocumentVersion { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Parameters { get; init; }

    public IReadOnlyList<string>? InstanceIds { get; init; }

    public IReadOnlyList<CommandTarget>? Targets { get; init; }

    /// <summary>Seconds in which a node must take delivery.</summary>
    public required int TimeoutSeconds { get; init; }

    /// <summary>Seconds in which a node that took delivery must report the end.</summary>
    public required long ExecutionSeconds { get; init; }

    public required string MaxConcurrency { get; init; }

    public required string MaxErrors { get; init; }

    /// <summary>The document's steps.</summary>
    public required IReadOnlyList<CommandStep> Steps { get; init; }

    public string? OutputS3BucketName { get; init; }

    public string? OutputS3KeyPrefix { get; init; }

    public string? ServiceRole { get; init; }

    public string? NotificationArn { get; init; }

    public IReadOnlyList<string>? NotificationEvents { get; init; }

    public string? NotificationType { get; init; }

    public string? CloudWatchLogGroupName { get; init; }

    public bool? CloudWatchOutputEnabled { get; init; }
}

/// <summary>A target as the sender wrote it.</summary>
public sealed record CommandTarget(string Key, IReadOnlyList<string> Values);

/// <summary>A step of a document: the key under which its result comes, and the plugin that runs it.</summary>
public sealed record CommandStep(string Key, string Plugin);

/// <summary>A command. Status and counts are what the state machine said of its progress at the last change.</summary>
/// <param name="CallerArn">Who sent it.</param>
/// <param name="InvocationId">The window invocation that it carries out; null for commands sent by themselves.</param>
/// <param name="Payload">What every node is given, as JSON text.</param>
public sealed record CommandRow(
    string CommandId, Scope Scope, long RequestedMs, long ExpiresMs, string Status, string Details, CommandProgress Progress, string CallerArn,
    string? InvocationId, CommandTerms Terms, string Payload, bool Final, long Version = 1);

/// <summary>What to list of commands; null members do not narrow.</summary>
public sealed record CommandQuery
{
    public string? CommandId { get; init; }

    public string? NodeId { get; init; }

    /// <summary>Epoch milliseconds, exclusive.</summary>
    public long? AfterMs { get; init; }

    /// <summary>Epoch milliseconds, exclusive.</summary>
    public long? BeforeMs { get; init; }

    /// <summary>A status or its details.</summary>
    public string? Status { get; init; }

    public string? DocumentName { get; init; }

    /// <summary>True: only ended ones; false: only others.</summary>
    public bool? Final { get; init; }
}

/// <summary>Commands of an account and region.</summary>
public static class Commands
{
    internal const string Columns =
        "c.command_id, c.account, c.region, c.requested_ms, c.expires_ms, c.status, c.details, c.progress, c.caller_arn, c.invocation_id, c.doc, c.payload, c.final, c.version";

    internal const int ColumnCount = 14;

    /// <summary>The conditions of a query, for arguments $1 to $9.</summary>
    internal const string Where =
        """
        c.account=$1 AND c.region=$2 AND ($3 IS NULL OR c.command_id=$3) AND ($4 IS NULL OR c.requested_ms>$4) AND ($5 IS NULL OR c.requested_ms<$5)
        AND ($6 IS NULL OR c.document=$6)
        """;

    /// <summary>False when a command of that id is there already: whoever repeats a step finds it done.</summary>
    public static bool TryInsert(Tx tx, CommandRow row) => tx.Execute(
        """
        INSERT INTO commands(command_id, account, region, requested_ms, expires_ms, status, details, targets, completed, errors, not_delivered,
          progress, caller_arn, invocation_id, document, doc, payload, final)
        VALUES($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18) ON CONFLICT(command_id) DO NOTHING
        """,
        row.CommandId, row.Scope.Account, row.Scope.Region, row.RequestedMs, row.ExpiresMs, row.Status, row.Details, row.Progress.Total,
        row.Progress.Ended.Total, row.Progress.Ended.Errors, row.Progress.Ended.DeliveryTimedOut,
        JsonSerializer.Serialize(row.Progress, CommandStorageJson.Default.CommandProgress), row.CallerArn, row.InvocationId, row.Terms.DocumentName,
        JsonSerializer.Serialize(row.Terms, CommandStorageJson.Default.CommandTerms), row.Payload, row.Final) == 1;

    public static CommandRow? Find(Tx tx, Scope scope, string commandId) => tx.One(
        $"SELECT {Columns} FROM commands c WHERE c.account=$1 AND c.region=$2 AND c.command_id=$3", r => Map(r, 0), scope.Account, scope.Region, commandId);

    /// <summary>For the engine, which has ids only: a command's id is unique over all accounts.</summary>
    public static CommandRow? Find(Tx tx, string commandId) =>
        tx.One($"SELECT {Columns} FROM commands c WHERE c.command_id=$1", r => Map(r, 0), commandId);

    /// <summary>Writes what changed, under the version that was read.</summary>
    /// <exception cref="InvalidOperationException">Somebody else wrote in between; the unit of work is undone.</exception>
    public static void Update(Tx tx, CommandRow row)
    {
        var written = tx.Execute(
            """
            UPDATE commands SET status=$3, details=$4, completed=$5, errors=$6, not_delivered=$7, progress=$8, final=$9, version=version+1
            WHERE command_id=$1 AND version=$2
            """,
            row.CommandId, row.Version, row.Status, row.Details, row.Progress.Ended.Total, row.Progress.Ended.Errors, row.Progress.Ended.DeliveryTimedOut,
            JsonSerializer.Serialize(row.Progress, CommandStorageJson.Default.CommandProgress), row.Final);
        if (written != 1)
        {
            throw new InvalidOperationException($"Command {row.CommandId} was changed by another writer.");
        }
    }

    /// <summary>Newest first, after the given one (the greatest number and an empty id begin).</summary>
    public static List<CommandRow> Page(Tx tx, Scope scope, CommandQuery query, long afterMs, string afterId, int limit) => tx.Page(
        $"""
        SELECT {Columns} FROM commands c WHERE {Where} AND ($7 IS NULL OR c.status=$7 OR c.details=$7) AND ($8 IS NULL OR c.final=$8)
        AND ($9 IS NULL OR EXISTS(SELECT 1 FROM command_invocations i WHERE i.command_id=c.command_id AND i.node_id=$9))
        AND (c.requested_ms < $10 OR (c.requested_ms = $10 AND c.command_id < $11)) ORDER BY c.requested_ms DESC, c.command_id DESC LIMIT $12
        """,
        r => Map(r, 0), limit, scope.Account, scope.Region, query.CommandId, query.AfterMs, query.BeforeMs, query.DocumentName, query.Status, query.Final,
        query.NodeId, afterMs, afterId);

    /// <summary>Lets the execution behind a window's command look at it. Null when the command belongs to none.</summary>
    public static string? WakeExecution(Tx tx, string invocationId, long nowMs)
    {
        var execution = tx.One("SELECT execution_id FROM invocations WHERE invocation_id=$1", r => r.Text(0), invocationId);
        if (execution is not null)
        {
            // under a new version: a decision made before this end must not put the wake-up off
            tx.Execute("UPDATE executions SET wake_ms=min(coalesce(wake_ms, $2), $2), version=version+1 WHERE execution_id=$1 AND final=0", execution, nowMs);
        }

        return execution;
    }

    internal static CommandRow Map(Row r, int at) => new(
        r.Text(at), new Scope(r.Text(at + 1), r.Text(at + 2)), r.Long(at + 3), r.Long(at + 4), r.Text(at + 5), r.Text(at + 6),
        r.Doc(at + 7, CommandStorageJson.Default.CommandProgress, "command", r.Text(at)), r.Text(at + 8), r.TextOrNull(at + 9),
        r.Doc(at + 10, CommandStorageJson.Default.CommandTerms, "command", r.Text(at)), r.Text(at + 11), r.Flag(at + 12), r.Long(at + 13));
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(CommandTerms))]
[JsonSerializable(typeof(CommandProgress))]
internal sealed partial class CommandStorageJson : JsonSerializerContext;
