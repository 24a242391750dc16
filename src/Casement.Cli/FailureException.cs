namespace Casement.Cli;

/// <summary>Why a verb cannot go on, in one line for a person, and the exit code that says the same to a script.</summary>
public sealed class FailureException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;

    internal static FailureException Usage(string message) => new(ExitCodes.Usage, message);

    internal static FailureException Environment(string message) => new(ExitCodes.Environment, message);
}
