using NodaTime;

namespace Casement.Schedules;

/// <summary>How the local time that a schedule names lies on the wall clock of its zone.</summary>
public enum LocalTimeFit
{
    /// <summary>The wall clock shows it once; also said of <c>rate</c>, which names no local time.</summary>
    Once = 0,

    /// <summary>
    /// The clock was set forward past it: the window opens at the first instant after the gap. If several named
    /// times lie in one gap, they are one opening, with the earliest as its nominal time.
    /// </summary>
    Skipped = 1,

    /// <summary>The clock was set back and shows it twice; this is the earlier of the two.</summary>
    FirstPass = 2,

    /// <summary>The later of the two, which only <see cref="RepeatedHour.Both"/> opens at.</summary>
    SecondPass = 3,
}

/// <summary>What a cron schedule does with local times that occur twice when clocks are set back.</summary>
public enum RepeatedHour
{
    /// <summary>Opens at the first pass only; a schedule that repeats within the hour pauses during the second.</summary>
    First = 0,

    /// <summary>Opens in both passes.</summary>
    Both = 1,
}

/// <summary>One computed opening of a window.</summary>
/// <param name="Instant">When it opens; whole milliseconds.</param>
/// <param name="Nominal">
/// The local time that the schedule names, after ScheduleOffset was added. It differs from what the wall clock shows
/// only if <paramref name="Fit"/> is <see cref="LocalTimeFit.Skipped"/>. For <c>rate</c> it is the local time of the
/// instant in <see cref="WindowSchedule.TextZone"/>.
/// </param>
/// <param name="BaseDate">The date that the cron expression matched, before ScheduleOffset was added.</param>
/// <param name="Fit">Whether the wall clock shows the nominal time once, never, or twice.</param>
public readonly record struct Occurrence(Instant Instant, LocalDateTime Nominal, LocalDate BaseDate, LocalTimeFit Fit);
