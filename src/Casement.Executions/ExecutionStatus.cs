namespace Casement.Executions;

/// <summary>
/// The status of a window execution, a task execution and an invocation; AWS uses one list for all three.
/// The numbers are stored and never change meaning.
/// </summary>
public enum ExecutionStatus
{
    /// <summary><c>PENDING</c>: created, not started; also a task that waits for its priority group.</summary>
    Pending = 1,

    /// <summary><c>IN_PROGRESS</c>.</summary>
    InProgress = 2,

    /// <summary><c>SUCCESS</c>: final; also when there was nothing to do.</summary>
    Success = 3,

    /// <summary><c>FAILED</c>: final.</summary>
    Failed = 4,

    /// <summary><c>TIMED_OUT</c>: final; unfinished at the cutoff, or the command timed out.</summary>
    TimedOut = 5,

    /// <summary><c>CANCELLING</c>: of an execution only: cancelled while tasks were running, which finish.</summary>
    Cancelling = 6,

    /// <summary><c>CANCELLED</c>: final.</summary>
    Cancelled = 7,

    /// <summary><c>SKIPPED_OVERLAPPING</c>: final: the previous execution of the window was active.</summary>
    SkippedOverlapping = 8,
}
