using System.Diagnostics.CodeAnalysis;

namespace Casement.Executions;

/// <summary>The names that AWS's API uses for the closed choices of this namespace.</summary>
public static class WireNames
{
    /// <summary>The name of an execution, task or invocation status, in capitals.</summary>
    public static string ToWire(this ExecutionStatus status) => status switch
    {
        ExecutionStatus.Pending => "PENDING",
        ExecutionStatus.InProgress => "IN_PROGRESS",
        ExecutionStatus.Success => "SUCCESS",
        ExecutionStatus.Failed => "FAILED",
        ExecutionStatus.TimedOut => "TIMED_OUT",
        ExecutionStatus.Cancelling => "CANCELLING",
        ExecutionStatus.Cancelled => "CANCELLED",
        ExecutionStatus.SkippedOverlapping => "SKIPPED_OVERLAPPING",
    };

    /// <summary>The name of a task type, in capitals.</summary>
    public static string ToWire(this TaskType type) => type switch
    {
        TaskType.RunCommand => "RUN_COMMAND",
        TaskType.Automation => "AUTOMATION",
        TaskType.Lambda => "LAMBDA",
        TaskType.StepFunctions => "STEP_FUNCTIONS",
    };

    /// <summary>The name of a cutoff behaviour, in capitals.</summary>
    public static string ToWire(this CutoffBehavior behavior) => behavior switch
    {
        CutoffBehavior.ContinueTask => "CONTINUE_TASK",
        CutoffBehavior.CancelTask => "CANCEL_TASK",
    };

    /// <summary>The name of a command's status.</summary>
    public static string ToWire(this CommandStatus status) => status switch
    {
        CommandStatus.Pending => "Pending",
        CommandStatus.InProgress => "InProgress",
        CommandStatus.Success => "Success",
        CommandStatus.Cancelled => "Cancelled",
        CommandStatus.Failed => "Failed",
        CommandStatus.TimedOut => "TimedOut",
        CommandStatus.Cancelling => "Cancelling",
    };

    /// <summary>The name of a command's status details.</summary>
    public static string ToWire(this CommandStatusDetails details) => details switch
    {
        CommandStatusDetails.Pending => "Pending",
        CommandStatusDetails.InProgress => "InProgress",
        CommandStatusDetails.Success => "Success",
        CommandStatusDetails.Cancelled => "Cancelled",
        CommandStatusDetails.Cancelling => "Cancelling",
        CommandStatusDetails.Failed => "Failed",
        CommandStatusDetails.Incomplete => "Incomplete",
        CommandStatusDetails.DeliveryTimedOut => "DeliveryTimedOut",
        CommandStatusDetails.NoInstancesInTag => "NoInstancesInTag",
    };

    /// <summary>The name of a command invocation's status.</summary>
    public static string ToWire(this CommandInvocationStatus status) => status switch
    {
        CommandInvocationStatus.Pending => "Pending",
        CommandInvocationStatus.InProgress => "InProgress",
        CommandInvocationStatus.Delayed => "Delayed",
        CommandInvocationStatus.Success => "Success",
        CommandInvocationStatus.Cancelled => "Cancelled",
        CommandInvocationStatus.TimedOut => "TimedOut",
        CommandInvocationStatus.Failed => "Failed",
        CommandInvocationStatus.Cancelling => "Cancelling",
    };

    /// <summary>The name of a command invocation's status details.</summary>
    public static string ToWire(this CommandInvocationStatusDetails details) => details switch
    {
        CommandInvocationStatusDetails.Pending => "Pending",
        CommandInvocationStatusDetails.InProgress => "InProgress",
        CommandInvocationStatusDetails.Delayed => "Delayed",
        CommandInvocationStatusDetails.Success => "Success",
        CommandInvocationStatusDetails.Cancelled => "Cancelled",
        CommandInvocationStatusDetails.Cancelling => "Cancelling",
        CommandInvocationStatusDetails.DeliveryTimedOut => "DeliveryTimedOut",
        CommandInvocationStatusDetails.ExecutionTimedOut => "ExecutionTimedOut",
        CommandInvocationStatusDetails.Failed => "Failed",
        CommandInvocationStatusDetails.Terminated => "Terminated",
        CommandInvocationStatusDetails.AccessDenied => "AccessDenied",
        CommandInvocationStatusDetails.Undeliverable => "Undeliverable",
        CommandInvocationStatusDetails.InvalidPlatform => "InvalidPlatform",
    };

    /// <summary>The task type of that wire name; case matters.</summary>
    public static bool TryFromWire([NotNullWhen(true)] string? name, out TaskType type) =>
        TryFind(name, ToWire, out type);

    /// <summary>The cutoff behaviour of that wire name; case matters.</summary>
    public static bool TryFromWire([NotNullWhen(true)] string? name, out CutoffBehavior behavior) =>
        TryFind(name, ToWire, out behavior);

    /// <summary>The execution status of that wire name; case matters.</summary>
    public static bool TryFromWire([NotNullWhen(true)] string? name, out ExecutionStatus status) =>
        TryFind(name, ToWire, out status);

    /// <summary>Whether nothing can change this status any more.</summary>
    public static bool IsFinal(this ExecutionStatus status) => status switch
    {
        ExecutionStatus.Pending or ExecutionStatus.InProgress or ExecutionStatus.Cancelling => false,
        ExecutionStatus.Success or ExecutionStatus.Failed or ExecutionStatus.TimedOut
            or ExecutionStatus.Cancelled or ExecutionStatus.SkippedOverlapping => true,
    };

    /// <summary>Whether nothing can change this status any more.</summary>
    public static bool IsFinal(this CommandStatus status) => status switch
    {
        CommandStatus.Pending or CommandStatus.InProgress or CommandStatus.Cancelling => false,
        CommandStatus.Success or CommandStatus.Cancelled or CommandStatus.Failed or CommandStatus.TimedOut => true,
    };

    private static bool TryFind<T>(string? name, Func<T, string> toWire, out T found)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (toWire(value) == name)
            {
                found = value;
                return true;
            }
        }

        found = default;
        return false;
    }
}
