namespace Casement.Executions;

/// <summary>What a window task runs. The numbers are stored and never change meaning.</summary>
public enum TaskType
{
    /// <summary><c>RUN_COMMAND</c>: one command for each window target. The only type carried out.</summary>
    RunCommand = 1,

    /// <summary><c>AUTOMATION</c>: accepted at registration; its invocations fail and say so.</summary>
    Automation = 2,

    /// <summary><c>LAMBDA</c>: accepted at registration; its invocations fail and say so.</summary>
    Lambda = 3,

    /// <summary><c>STEP_FUNCTIONS</c>: accepted at registration; its invocations fail and say so.</summary>
    StepFunctions = 4,
}

/// <summary>What happens to a running task at the cutoff. The numbers are stored and never change meaning.</summary>
public enum CutoffBehavior
{
    /// <summary><c>CONTINUE_TASK</c>, AWS's default: it goes on, including its invocations not yet started.</summary>
    ContinueTask = 1,

    /// <summary><c>CANCEL_TASK</c>: nothing further starts, the running command is cancelled.</summary>
    CancelTask = 2,
}
