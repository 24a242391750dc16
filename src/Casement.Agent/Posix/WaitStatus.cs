namespace Casement.Agent.Posix;

/// <summary>How a process ended, from the integer that waitpid gives.</summary>
internal readonly record struct WaitStatus(int Raw)
{
    /// <summary>Zero when the process ended by itself.</summary>
    internal int Signal => Raw & 0x7f;

    /// <summary>Shell convention: the exit code, or 128 and the signal.</summary>
    internal int Code => Signal == 0 ? (Raw >> 8) & 0xff : 128 + Signal;
}
