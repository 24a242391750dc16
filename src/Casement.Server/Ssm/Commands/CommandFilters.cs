using System.Globalization;
using Casement.Aws;
using Casement.Storage;
using NodaTime.Text;

namespace Casement.Server.Ssm.Commands;

/// <summary>Reads the filters that listings of commands and of invocations share.</summary>
internal static class CommandFilters
{
    private static readonly string[] Shared =
        ["Pending", "InProgress", "Success", "Cancelled", "Cancelling", "Failed", "TimedOut", "AccessDenied", "DeliveryTimedOut", "ExecutionTimedOut"];

    private static readonly string[] OfCommands = [.. Shared, "Incomplete", "NoInstancesInTag", "LimitExceeded"];
    private static readonly string[] OfInvocations = [.. Shared, "Delayed", "Undeliverable", "InvalidPlatform", "Terminated"];

    /// <param name="invocations">Whether invocations are listed: they have other statuses, and no execution stage.</param>
    /// <exception cref="AwsException">InvalidFilterKey for a key that the listing lacks, ValidationException for a wrong value.</exception>
    public static CommandQuery Read(string? commandId, string? nodeId, IReadOnlyList<CommandFilter>? filters, bool invocations)
    {
        var query = new CommandQuery { CommandId = commandId, NodeId = nodeId };
        foreach (var filter in filters ?? [])
        {
            query = filter.Key switch
            {
                "InvokedAfter" => query with { AfterMs = Instant(filter) },
                "InvokedBefore" => query with { BeforeMs = Instant(filter) },
                "Status" => query with { Status = OneOf(filter, invocations ? OfInvocations : OfCommands) },
                "DocumentName" => query with { DocumentName = filter.Value },
                "ExecutionStage" when !invocations => query with { Final = OneOf(filter, ["Executing", "Complete"]) == "Complete" },
                _ => throw new AwsException("InvalidFilterKey", $"Unsupported filter key: {filter.Key}. Supported keys: InvokedAfter, InvokedBefore, Status, DocumentName"),
            };
        }

        return query;
    }

    private static string OneOf(CommandFilter filter, string[] values) => values.Contains(filter.Value)
        ? filter.Value!
        : throw new AwsException("ValidationException", $"The value '{filter.Value}' of filter {filter.Key} is none of {string.Join(", ", values)}.");

    private static long Instant(CommandFilter filter)
    {
        var parsed = OffsetDateTimePattern.ExtendedIso.Parse(filter.Value!);
        if (parsed.Success)
        {
            return parsed.Value.ToInstant().ToUnixTimeMilliseconds();
        }

        return DateTimeOffset.TryParse(filter.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUnixTimeMilliseconds()
            : throw new AwsException("ValidationException", $"The value '{filter.Value}' of filter {filter.Key} is not an instant such as 2026-07-05T00:00:00Z.");
    }
}
