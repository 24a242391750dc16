using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Casement.Aws;
using Casement.Storage;

namespace Casement.Server.Ssm.Windows;

/// <summary>What the operations that read executions share.</summary>
internal static class ExecutionShapes
{
    public const string StatusKey = "STATUS";

    // a script's quotes and signs are to be read, not escaped: the text travels inside another JSON string
    private static readonly JsonSerializerOptions AsSent = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Statuses =
        ["PENDING", "IN_PROGRESS", "SUCCESS", "FAILED", "TIMED_OUT", "CANCELLING", "CANCELLED", "SKIPPED_OVERLAPPING"];

    public static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>The request of an invocation's command as AWS prints it there: its members begin with a small letter, its parameters keep their names.</summary>
    public static string? CommandText(string? request) =>
        request is null ? null : JsonNode.Parse(request) is JsonObject members ? SmallLetters(members).ToJsonString(AsSent) : request;

    private static JsonObject SmallLetters(JsonObject members)
    {
        var result = new JsonObject();
        foreach (var (name, value) in members)
        {
            var small = char.ToLowerInvariant(name[0]) + name[1..];
            result[small] = value is JsonObject inner && small != "parameters" ? SmallLetters(inner) : value?.DeepClone();
        }

        return result;
    }

    /// <exception cref="AwsException">ValidationException for another key than STATUS or an unknown status.</exception>
    public static WindowFilters ByStatus(IReadOnlyList<MaintenanceWindowFilter>? filters) =>
        new WindowFilters(filters, StatusKey).Among(StatusKey, Statuses);

    /// <exception cref="AwsException">DoesNotExistException.</exception>
    public static ExecutionView Demand(Tx tx, Scope scope, string executionId) =>
        ExecutionHistory.Find(tx, scope, executionId) ?? throw WindowRules.ExecutionDoesNotExist(executionId);

    /// <exception cref="AwsException">DoesNotExistException for the execution or the task.</exception>
    public static TaskExecutionView DemandTask(Tx tx, Scope scope, string executionId, string taskId)
    {
        Demand(tx, scope, executionId);
        return ExecutionHistory.FindTask(tx, executionId, taskId) ?? throw WindowRules.TaskDoesNotExist(taskId);
    }
}

/// <summary>The keys of pages that are ordered by an instant first.</summary>
internal static class PageKey
{
    public static string Write(long milliseconds, string id) => $"{milliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture)}:{id}";

    public static (long? Milliseconds, string? Id) Read(string? key)
    {
        if (key is null)
        {
            return (null, null);
        }

        var mark = key.IndexOf(':', StringComparison.Ordinal);
        return (long.Parse(key.AsSpan(0, mark), System.Globalization.CultureInfo.InvariantCulture), key[(mark + 1)..]);
    }
}
