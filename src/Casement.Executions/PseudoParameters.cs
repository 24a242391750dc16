using System.Text;

namespace Casement.Executions;

/// <summary>
/// The values that <c>{{NAME}}</c> stands for in a window task's invocation parameters. Null members are those of a
/// task without targets; they become empty text.
/// </summary>
public sealed record PseudoParameters
{
    /// <summary><c>WINDOW_ID</c>.</summary>
    public required string WindowId { get; init; }

    /// <summary><c>WINDOW_TASK_ID</c>: the registered task.</summary>
    public required string WindowTaskId { get; init; }

    /// <summary><c>WINDOW_EXECUTION_ID</c>.</summary>
    public required string WindowExecutionId { get; init; }

    /// <summary><c>TASK_EXECUTION_ID</c>.</summary>
    public required string TaskExecutionId { get; init; }

    /// <summary><c>INVOCATION_ID</c>.</summary>
    public required string InvocationId { get; init; }

    /// <summary><c>WINDOW_TARGET_ID</c>: the registered target.</summary>
    public string? WindowTargetId { get; init; }

    /// <summary><c>TARGET_TYPE</c>: INSTANCE or RESOURCE_GROUP.</summary>
    public string? TargetType { get; init; }

    /// <summary><c>TARGET_ID</c>: a node's id, or the ARN of a group's member. Not for RUN_COMMAND.</summary>
    public string? TargetId { get; init; }

    /// <summary><c>RESOURCE_ID</c>: a node's id, or the short id of a group's member. Not for RUN_COMMAND.</summary>
    public string? ResourceId { get; init; }

    /// <summary>
    /// Replaces every <c>{{NAME}}</c>, spaces around the name allowed, in one pass: what a value brings in is not
    /// looked at again. Names are upper case; any other <c>{{…}}</c> stays as it is, since shells and templates use
    /// braces too, and so do <c>TARGET_ID</c> and <c>RESOURCE_ID</c> in RUN_COMMAND, whose nodes differ.
    /// </summary>
    public string Substitute(string text, TaskType type)
    {
        ArgumentNullException.ThrowIfNull(text);
        var open = text.IndexOf("{{", StringComparison.Ordinal);
        if (open < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var done = 0;
        while (open >= 0)
        {
            var close = text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                break;
            }

            if (ValueOf(text.AsSpan(open + 2, close - open - 2).Trim(' '), type) is { } value)
            {
                result.Append(text, done, open - done).Append(value);
                done = close + 2;
                open = text.IndexOf("{{", done, StringComparison.Ordinal);
            }
            else
            {
                // "{{{WINDOW_ID}}": the last two of a run of braces open the name.
                open = text.IndexOf("{{", open + 1, StringComparison.Ordinal);
            }
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    private string? ValueOf(ReadOnlySpan<char> name, TaskType type) => name switch
    {
        "WINDOW_ID" => WindowId,
        "WINDOW_TASK_ID" => WindowTaskId,
        "WINDOW_EXECUTION_ID" => WindowExecutionId,
        "TASK_EXECUTION_ID" => TaskExecutionId,
        "INVOCATION_ID" => InvocationId,
        "WINDOW_TARGET_ID" => WindowTargetId ?? "",
        "TARGET_TYPE" => TargetType ?? "",
        "TARGET_ID" when type != TaskType.RunCommand => TargetId ?? "",
        "RESOURCE_ID" when type != TaskType.RunCommand => ResourceId ?? "",
        _ => null,
    };
}
