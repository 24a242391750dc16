namespace Casement.Agent;

/// <summary>Exit codes of the executable.</summary>
internal static class ExitCodes
{
    internal const int Stopped = 0;

    /// <summary>The server refused the registration; its text is on standard error.</summary>
    internal const int RegistrationRefused = 1;

    /// <summary>The command line makes no sense.</summary>
    internal const int Usage = 252;

    /// <summary>The machine is not as needed: unwritable directory, another agent on it, not Linux.</summary>
    internal const int Environment = 253;
}
