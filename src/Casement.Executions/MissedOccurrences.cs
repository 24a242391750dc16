using System.Collections.Immutable;
using NodaTime;

namespace Casement.Executions;

/// <summary>
/// What becomes of the occurrences of one window that passed while the server was down: the latest whose cutoff lies
/// ahead opens now; every other gets a row that says why it did not run, the newest hundred of them at most.
/// </summary>
/// <param name="OpensLate">Opens now, its cutoff and end still counted from its scheduled instant.</param>
/// <param name="Rows">The newest of the others, in order of time; see <see cref="ExecutionState.Missed"/>.</param>
/// <param name="Unrecorded">How many older ones get no row and are only counted in the audit trail.</param>
public sealed record MissedOccurrences(Occurrence? OpensLate, ImmutableArray<Occurrence> Rows, long Unrecorded)
{
    /// <summary>How many rows one window gets at most.</summary>
    public const int MostRows = 100;

    /// <summary>Decides it.</summary>
    /// <param name="missed">Occurrences whose instant has passed, in order of time; read once.</param>
    /// <param name="now">The instant of the decision. A cutoff exactly now is not ahead.</param>
    /// <exception cref="ArgumentException">An occurrence lies ahead, or they are out of order.</exception>
    public static MissedOccurrences Decide(IEnumerable<Occurrence> missed, Instant now)
    {
        ArgumentNullException.ThrowIfNull(missed);
        Occurrence? opens = null;
        Occurrence? last = null;
        var rows = new Queue<Occurrence>(MostRows + 1);
        var unrecorded = 0L;
        foreach (var occurrence in missed)
        {
            if (occurrence.At > now || occurrence.At <= last?.At)
            {
                throw new ArgumentException(
                    $"The occurrence at {occurrence.At} lies ahead of {now}, or not after the one before it.",
                    nameof(missed));
            }

            last = occurrence;
            var row = occurrence;
            if (occurrence.CutoffAt > now)
            {
                (row, opens) = (opens, occurrence);
            }

            if (row is not null)
            {
                rows.Enqueue(row);
            }

            if (rows.Count > MostRows)
            {
                rows.Dequeue();
                unrecorded++;
            }
        }

        return new MissedOccurrences(opens, [.. rows.OrderBy(row => row.At)], unrecorded);
    }
}
