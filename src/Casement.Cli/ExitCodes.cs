namespace Casement.Cli;

/// <summary>What the exit code means, for every verb. From 252 on the numbers are those of the <c>aws</c> command.</summary>
internal static class ExitCodes
{
    internal const int Done = 0;

    /// <summary>The answer is no: denied, will fail, the run failed.</summary>
    internal const int No = 1;

    /// <summary>Still going when <c>--timeout</c> ended; nothing was stopped.</summary>
    internal const int StillGoing = 2;

    /// <summary>Ended without success or failure: cancelled, cut off, skipped.</summary>
    internal const int EndedOtherwise = 3;

    internal const int Interrupted = 130;

    internal const int Usage = 252;

    /// <summary>No server, no credentials, or a machine or configuration that is not as needed.</summary>
    internal const int Environment = 253;

    /// <summary>The service refused; its code was printed.</summary>
    internal const int Refused = 254;

    internal const int AnythingElse = 255;
}
