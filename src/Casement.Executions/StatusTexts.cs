namespace Casement.Executions;

/// <summary>The texts of <c>StatusDetails</c>. Where AWS is known to show one, it is AWS's.</summary>
public static class StatusTexts
{
    /// <summary>The longest <c>StatusDetails</c> of an execution, task or invocation, in characters.</summary>
    public const int LongestDetails = 250;

    /// <summary>A SUCCESS execution without tasks.</summary>
    public const string NoTasks = "No tasks to execute.";

    /// <summary>A SUCCESS task without targets, or whose targets matched no node.</summary>
    public const string NoInvocations = "No invocations to execute";

    /// <summary>A FAILED execution.</summary>
    public const string TasksFailed = "One or more tasks in the orchestration failed.";

    /// <summary>A FAILED task whose failed nodes were more than its MaxErrors.</summary>
    public const string MaxErrorsExceeded = "The maximum error count was exceeded.";

    /// <summary>A TIMED_OUT task that never started.</summary>
    public const string CutoffBeforeStart = "The cutoff time was reached before the task started.";

    /// <summary>A TIMED_OUT task with CANCEL_TASK that was running at the cutoff.</summary>
    public const string CutoffWhileRunning = "The cutoff time was reached before the task ended.";

    /// <summary>A TIMED_OUT invocation of such a task that had not started.</summary>
    public const string CutoffBeforeInvocation = "The cutoff time was reached before the invocation started.";

    /// <summary>A CANCELLED task.</summary>
    public const string CancelledBeforeStart = "The execution was cancelled before the task started.";

    /// <summary>A TIMED_OUT execution that never opened.</summary>
    public const string NotRunning =
        "Casement was not running between the start and the cutoff of this occurrence.";

    /// <summary>A FAILED invocation: SendCommand answered InvalidInstanceId.</summary>
    public const string InvalidInstanceIds = "The instance IDs list contains an invalid entry.";

    /// <summary>A SKIPPED_OVERLAPPING execution.</summary>
    public static string Overlapping(string previousExecutionId) =>
        $"The previous execution {previousExecutionId} had not ended.";

    /// <summary>A FAILED invocation of a type that cannot be run yet.</summary>
    public static string NotCarriedOut(TaskType type) =>
        $"task type {type.ToWire()} is not carried out by this version";

    /// <summary>A FAILED invocation: SendCommand answered InvalidParameters for these document parameters.</summary>
    public static string InvalidParameters(IEnumerable<string> names) =>
        Cut($"The following SSM parameters are invalid: {string.Join(", ", names)}");

    /// <summary>A FAILED invocation: the role may not send it; <paramref name="denial"/> is the full denial.</summary>
    public static string AccessDenied(string denial) =>
        Cut($"The provided role does not contain the correct SSM permissions. {denial}");

    /// <summary>A FAILED invocation: the task's role does not trust the service.</summary>
    public static string RoleNotTrusting(string roleArn) =>
        Cut($"The role {roleArn} could not be assumed: its trust policy does not allow ssm.amazonaws.com.");

    /// <summary>A FAILED invocation: the task's role is gone.</summary>
    public static string RoleMissing(string roleArn) =>
        Cut($"The role {roleArn} could not be assumed: it does not exist.");

    /// <summary>A CANCEL_TASK task whose role may not cancel; <paramref name="denial"/> is the full denial.</summary>
    public static string CancelRefused(string denial) =>
        Cut($"The cutoff time was reached, but the role may not call ssm:CancelCommand; the command goes on. {denial}");

    /// <summary>Cuts to <see cref="LongestDetails"/> UTF-16 units, never between the halves of a code point.</summary>
    public static string Cut(string details)
    {
        ArgumentNullException.ThrowIfNull(details);
        if (details.Length <= LongestDetails)
        {
            return details;
        }

        var length = char.IsHighSurrogate(details[LongestDetails - 1]) ? LongestDetails - 1 : LongestDetails;
        return details[..length];
    }
}
