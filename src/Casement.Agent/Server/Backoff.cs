using System.Security.Cryptography;

namespace Casement.Agent.Server;

/// <summary>
/// Pauses between attempts: doubling from the first to the longest, each shortened by up to half at random, so that a
/// thousand nodes do not come back in the same instant.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _next = first;

    internal TimeSpan Next()
    {
        var pause = _next * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);
        _next = _next * 2 < longest ? _next * 2 : longest;
        return pause;
    }
}

/// <summary>The pauses of one sequence of attempts.</summary>
internal sealed class Pauses
{
    /// <summary>For a server that does not answer.</summary>
    internal Backoff WhileAway { get; } =
        new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    /// <summary>For a server that answers no: only its operator can change that.</summary>
    internal Backoff WhileRefused { get; } =
        new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10));
}
