using NodaTime;

namespace Casement.Schedules;

/// <summary>
/// <c>cron</c> in a zone. The local times that the fields name, moved by ScheduleOffset, are laid on the stretches of
/// the zone: each stretch owns the local times from where the clock last stood (so that a gap belongs to the stretch
/// after it, and opens when that begins) up to where its own clock ends. Under <see cref="RepeatedHour.First"/> a
/// repeated hour belongs to the stretch before the change alone; under <see cref="RepeatedHour.Both"/> to both. A
/// window opens at an instant if and only if the stretch that holds it owns a named local time that lies there.
/// </summary>
internal sealed class CronSeries : Series
{
    private readonly CronFields _fields;
    private readonly ZoneTimeline _zone;
    private readonly RepeatedHour _repeated;
    private readonly int _offsetDays;
    private readonly long _offsetSeconds;
    private readonly long _earliest;
    private readonly long _firstBase;

    /// <summary>Anchor and start are Unix milliseconds.</summary>
    public CronSeries(
        CronFields fields, ZoneTimeline zone, RepeatedHour repeated, int offsetDays, long anchor, long? start)
    {
        _fields = fields;
        _zone = zone;
        _repeated = repeated;
        _offsetDays = offsetDays;
        _offsetSeconds = (long)offsetDays * CivilDay.SecondsPerDay;
        long afterAnchor = Whole.Floor(anchor) + 1;
        _earliest = start is { } from ? Math.Max(afterAnchor, Whole.Ceiling(from)) : afterAnchor;
        _firstBase = offsetDays == 0 ? long.MinValue / 4 : FirstBaseAfter(afterAnchor);
    }

    public override Occurrence? Next(Instant after)
    {
        long second = Math.Max(after.ToUnixTimeSeconds() + 1, _earliest);
        int index = _zone.IndexAt(second);
        long low = LowestIn(index, second);
        long local = NextNominal(low);
        while (local != CronFields.Never)
        {
            if (local < _zone[index].LocalEnd)
            {
                return OccurrenceAt(_zone, index, local, _offsetDays);
            }

            index++;
            low = LowestOf(index);
            if (low < _zone[index - 1].LocalEnd)
            {
                local = NextNominal(low);
            }
        }

        return null;
    }

    /// <summary>
    /// The first pause for a repeated hour that is not over at an instant: the last opening before and the next after
    /// the second pass, if their distance on the wall clock is not longer than what is repeated, so that the schedule
    /// would have opened in between by elapsed time. Null if there is none, or if the window opens in both passes.
    /// </summary>
    public (Instant Last, Instant Next)? PauseFrom(Instant from)
    {
        if (_repeated == RepeatedHour.Both)
        {
            return null;
        }

        // openings further apart than what is repeated cannot pause for it: true of nearly every schedule, and quickly seen
        long tooShort = 0;
        long second = Math.Max(from.ToUnixTimeSeconds(), _earliest);
        for (int index = _zone.IndexAt(second); index < _zone.Count; index++)
        {
            ZoneTimeline.Stretch stretch = _zone[index];
            long repeated = stretch.PriorLocalEnd - stretch.LocalStart;
            if (repeated > tooShort && repeated < CivilDay.SecondsPerDay && !_fields.RepeatsWithin((int)repeated + 1))
            {
                tooShort = repeated;
            }

            long last = repeated > tooShort ? NextNominal(stretch.LocalStart) : CronFields.Never;
            if (last >= stretch.PriorLocalEnd)
            {
                continue;
            }

            long next = NextNominal(last + 1);
            while (next < stretch.PriorLocalEnd)
            {
                last = next;
                next = NextNominal(last + 1);
            }

            Instant lastInstant = OccurrenceAt(_zone, index - 1, last, 0).Instant;
            bool pauses = next != CronFields.Never && next - last <= repeated
                && lastInstant.ToUnixTimeSeconds() >= _earliest;
            if (pauses && Next(lastInstant) is { } opening && opening.Instant > from)
            {
                return (lastInstant, opening.Instant);
            }
        }

        return null;
    }

    /// <summary>The opening of a local time in a stretch that owns it.</summary>
    internal static Occurrence OccurrenceAt(ZoneTimeline zone, int index, long local, int offsetDays)
    {
        ref readonly ZoneTimeline.Stretch stretch = ref zone[index];
        LocalTimeFit fit;
        if (local < stretch.LocalStart)
        {
            fit = LocalTimeFit.Skipped;
        }
        else if (local < stretch.PriorLocalEnd)
        {
            fit = LocalTimeFit.SecondPass;
        }
        else
        {
            bool again = index + 1 < zone.Count && local >= zone[index + 1].LocalStart;
            fit = again ? LocalTimeFit.FirstPass : LocalTimeFit.Once;
        }

        Instant instant = Instant.FromUnixTimeSeconds(Math.Max(local - stretch.Offset, stretch.Start));
        LocalDateTime nominal = LocalTimes.FromSeconds(local);
        LocalDate baseDate = offsetDays == 0 ? nominal.Date : nominal.Date.PlusDays(-offsetDays);
        return new Occurrence(instant, nominal, baseDate, fit);
    }

    private long NextNominal(long local)
    {
        long found = _fields.NextLocal(Math.Max(local - _offsetSeconds, _firstBase));
        return found == CronFields.Never ? found : found + _offsetSeconds;
    }

    /// <summary>Where the local times begin that a stretch owns.</summary>
    private long LowestOf(int index)
    {
        ref readonly ZoneTimeline.Stretch stretch = ref _zone[index];
        return _repeated == RepeatedHour.Both
            ? Math.Min(stretch.PriorLocalEnd, stretch.LocalStart)
            : stretch.PriorLocalEnd;
    }

    /// <summary>The lowest local time of a stretch that opens at or after an instant within it.</summary>
    private long LowestIn(int index, long second)
    {
        ref readonly ZoneTimeline.Stretch stretch = ref _zone[index];
        long low = LowestOf(index);
        return second <= stretch.Start ? low : Math.Max(low, second + stretch.Offset);
    }

    /// <summary>
    /// The lowest local time that still opens, in any of its passes, at or after an instant. Only base dates from
    /// there on count when days are added: the shifted date of a base that has passed is not used.
    /// </summary>
    private long FirstBaseAfter(long second)
    {
        int index = _zone.IndexAt(second);
        long low = LowestIn(index, second);
        bool passesAgain = _repeated == RepeatedHour.Both && index + 1 < _zone.Count;
        return passesAgain ? Math.Min(low, _zone[index + 1].LocalStart) : low;
    }
}

/// <summary>Seconds around Unix milliseconds, which may be negative.</summary>
internal static class Whole
{
    private const int PerSecond = 1000;

    public static long Floor(long milliseconds) =>
        milliseconds >= 0 ? milliseconds / PerSecond : -((-milliseconds + PerSecond - 1) / PerSecond);

    public static long Ceiling(long milliseconds) => -Floor(-milliseconds);
}
