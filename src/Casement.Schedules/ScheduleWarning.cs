using NodaTime;

namespace Casement.Schedules;

/// <summary>
/// Something that a person should know about a schedule that is accepted as it is. <see cref="Text"/> is one sentence
/// in ASCII, fit for a page, a terminal or a header.
/// </summary>
public abstract record ScheduleWarning
{
    private protected ScheduleWarning(string text) => Text = text;

    /// <summary>One sentence with instants in the window's own zone.</summary>
    public string Text { get; }

    /// <summary>No opening lies ahead: the expression matches no date, its only time is over, or EndDate comes first.</summary>
    public sealed record NeverOpens : ScheduleWarning
    {
        internal NeverOpens()
            : base("The window has no opening ahead.")
        {
        }
    }

    /// <summary>A cron expression has openings less than five minutes apart, which AWS does not support.</summary>
    public sealed record OpensTooOften : ScheduleWarning
    {
        internal OpensTooOften()
            : base("The cron expression opens more often than every five minutes, which AWS does not support.")
        {
        }
    }

    /// <summary>
    /// The schedule repeats within the hour (or whatever the zone repeats), and opens in the first pass of a repeated
    /// hour only. The two instants are the last opening before and the next one after the pause.
    /// </summary>
    public sealed record PausesInRepeatedHour : ScheduleWarning
    {
        internal PausesInRepeatedHour(Instant last, Instant next, DateTimeZone zone)
            : base(
                "The window pauses while clocks repeat a local time: it opens at "
                + $"{OccurrenceText.Format(last, zone)} and next at {OccurrenceText.Format(next, zone)}.")
        {
            LastOpening = last;
            NextOpening = next;
        }

        /// <summary>The last opening before the second pass.</summary>
        public Instant LastOpening { get; }

        /// <summary>The first opening after the second pass.</summary>
        public Instant NextOpening { get; }
    }
}
