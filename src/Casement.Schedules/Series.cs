using NodaTime;

namespace Casement.Schedules;

/// <summary>The openings of one kind of schedule, before EndDate cuts them off.</summary>
internal abstract class Series
{
    private protected Series()
    {
    }

    /// <summary>The first opening strictly later than an instant, or null if there is none.</summary>
    public abstract Occurrence? Next(Instant after);
}

/// <summary>
/// <c>rate</c>: counts elapsed time. A StartDate after the anchor is itself the first opening; otherwise the first is
/// one interval after the anchor.
/// </summary>
internal sealed class RateSeries : Series
{
    /// <summary>Longer than the whole range of instants, well inside the range of durations.</summary>
    public const int LongestDays = 10_000_000;

    private static readonly long _lastMillisecond = Instant.MaxValue.ToUnixTimeMilliseconds();

    private readonly long _first;
    private readonly long _interval;
    private readonly DateTimeZone _zone;

    public RateSeries(Duration interval, long anchor, long? start, DateTimeZone zone)
    {
        _interval = (long)interval.TotalMilliseconds;
        _first = start > anchor ? start.Value : anchor + _interval;
        _zone = zone;
    }

    public override Occurrence? Next(Instant after)
    {
        long past = after.ToUnixTimeMilliseconds();
        long next = past < _first ? _first : _first + ((((past - _first) / _interval) + 1) * _interval);
        if (next > _lastMillisecond)
        {
            return null;
        }

        Instant instant = Instant.FromUnixTimeMilliseconds(next);
        LocalDateTime local = LocalTimes.Show(instant, _zone);
        return new Occurrence(instant, local, local.Date, LocalTimeFit.Once);
    }
}

/// <summary>
/// <c>at</c>: one opening, if it lies after the anchor and not before StartDate. It happens once even where the wall
/// clock shows its time twice.
/// </summary>
internal sealed class AtSeries : Series
{
    private readonly Occurrence? _only;

    public AtSeries(LocalDateTime time, long anchor, long? start, ZoneTimeline zone)
    {
        long local = LocalTimes.ToSeconds(time);
        int index = 0;
        while (local >= zone[index].LocalEnd)
        {
            index++;
        }

        Occurrence occurrence = CronSeries.OccurrenceAt(zone, index, local, 0);
        long millisecond = occurrence.Instant.ToUnixTimeMilliseconds();
        _only = millisecond > anchor && !(millisecond < start) ? occurrence : null;
    }

    public override Occurrence? Next(Instant after) => _only is { } only && only.Instant > after ? only : null;
}

/// <summary>Between NodaTime's values and the seconds that the search counts in.</summary>
internal static class LocalTimes
{
    private static readonly LocalDate _epoch = new(1970, 1, 1);

    public static long ToSeconds(LocalDateTime local) =>
        ((long)Period.DaysBetween(_epoch, local.Date) * CivilDay.SecondsPerDay)
        + (local.TimeOfDay.NanosecondOfDay / NodaConstants.NanosecondsPerSecond);

    /// <summary>From a number of seconds that is not negative.</summary>
    public static LocalDateTime FromSeconds(long local)
    {
        int number = (int)(local / CivilDay.SecondsPerDay);
        CivilDay day = CivilDay.FromNumber(number);
        return new LocalDate(day.Year, day.Month, day.Day)
            + LocalTime.FromSecondsSinceMidnight((int)(local - ((long)number * CivilDay.SecondsPerDay)));
    }

    /// <summary>What a wall clock shows; at the very ends of time, where an offset would leave the calendar, UTC.</summary>
    public static LocalDateTime Show(Instant instant, DateTimeZone zone)
    {
        Instant lowest = Instant.MinValue + Duration.FromDays(1);
        Instant highest = Instant.MaxValue - Duration.FromDays(1);
        return instant < lowest || instant > highest ? instant.InUtc().LocalDateTime : instant.InZone(zone).LocalDateTime;
    }
}
