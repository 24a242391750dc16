using System.Diagnostics;
using NodaTime;

namespace Casement.Executions;

/// <summary>How an execution's row came to be.</summary>
public abstract record Opening
{
    private protected Opening()
    {
    }

    /// <summary>What it adds to the execution's details where its status has no text of its own.</summary>
    public string? Note => this switch
    {
        OnTime => null,
        Late late => StatusTexts.Cut(late.Why),
        Overlapping overlapping => StatusTexts.Overlapping(overlapping.PreviousExecutionId),
        Missed => StatusTexts.NotRunning,
        _ => throw new UnreachableException(),
    };

    /// <summary>Opened at its instant.</summary>
    public sealed record OnTime : Opening;

    /// <summary>Opened after its instant; the text says how late and why.</summary>
    public sealed record Late(string Why) : Opening
    {
        /// <summary><c>Opened PT47S late: why.</c>, with the delay in ISO 8601 and whole seconds.</summary>
        public static Late By(Duration delay, string why)
        {
            var seconds = Duration.FromSeconds(Math.Floor(delay.TotalSeconds));
            var iso = NodaTime.Text.PeriodPattern.NormalizingIso.Format(
                Period.FromSeconds((long)seconds.TotalSeconds));
            return new Late($"Opened {iso} late: {why}");
        }
    }

    /// <summary>Not opened: the previous execution of the window was still active.</summary>
    public sealed record Overlapping(string PreviousExecutionId) : Opening;

    /// <summary>Not opened: the server was down from the scheduled instant on for too long.</summary>
    public sealed record Missed : Opening;
}
