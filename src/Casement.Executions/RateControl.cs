using System.Diagnostics.CodeAnalysis;

namespace Casement.Executions;

/// <summary>How fast work may spread over nodes, and how many failures it may absorb.</summary>
/// <param name="MaxConcurrency">How many nodes may hold a command at the same time.</param>
/// <param name="MaxErrors">How many nodes may fail; one more stops the rest from starting.</param>
public sealed record RateControl(Amount MaxConcurrency, Amount MaxErrors)
{
    /// <summary>What a command gets that names neither: 50 nodes at once, no error.</summary>
    public static RateControl CommandDefault { get; } = new(new Amount.Count(50), new Amount.Count(0));

    /// <summary>What AWS reports for a window task without targets: <c>1</c> and <c>1</c>.</summary>
    public static RateControl TargetlessDefault { get; } = new(new Amount.Count(1), new Amount.Count(1));

    /// <summary>Reads both; <paramref name="fault"/> names the member, its value and what is allowed.</summary>
    public static bool TryParse(
        string maxConcurrency,
        string maxErrors,
        [NotNullWhen(true)] out RateControl? rateControl,
        [NotNullWhen(false)] out string? fault)
    {
        rateControl = null;
        if (!Amount.TryParseConcurrency(maxConcurrency, out var concurrency))
        {
            fault = $"MaxConcurrency is '{maxConcurrency}': allowed are 1 to 9999999 and 1% to 100%.";
            return false;
        }

        if (!Amount.TryParseErrors(maxErrors, out var errors))
        {
            fault = $"MaxErrors is '{maxErrors}': allowed are 0 to 9999999 and 0% to 100%.";
            return false;
        }

        rateControl = new RateControl(concurrency, errors);
        fault = null;
        return true;
    }
}
