using NodaTime;

namespace Casement.Schedules.Tests;

/// <summary>A generated schedule: its text, and independently of that text which days and times it means.</summary>
internal sealed record Case(
    string Text,
    string DayKind,
    Func<LocalDate, bool> Day,
    HashSet<int> Hours,
    HashSet<int> Minutes,
    HashSet<int> Seconds,
    bool SevenFields,
    string Zone,
    Instant From,
    Instant To,
    RepeatedHour Repeated,
    int Offset,
    Instant Anchor,
    Instant? Start,
    Instant? End)
{
    public override string ToString() =>
        $"{Text} in {Zone} {Repeated} +{Offset}d anchor {Anchor} valid {Start}..{End} asked {From}..{To}";
}

/// <summary>
/// Walks the local times of each day, maps each by the rules for gaps and repeated hours, and drops equal instants.
/// It shares nothing with the engine: days are judged by looking at their neighbours in the calendar.
/// </summary>
internal static class Oracle
{
    public static List<Occurrence> Openings(Case it)
    {
        DateTimeZone zone = DateTimeZoneProviders.Tzdb[it.Zone];
        LocalDate last = it.To.InUtc().Date.PlusDays(3);
        var found = new List<Occurrence>();
        for (LocalDate date = it.From.InUtc().Date.PlusDays(-10); date <= last; date = date.PlusDays(1))
        {
            if (!it.Day(date))
            {
                continue;
            }

            foreach (LocalTime time in Times(it))
            {
                if (!Map(date + time, zone, it.Repeated).Any(m => m.Instant > it.Anchor))
                {
                    continue;
                }

                LocalDateTime nominal = date.PlusDays(it.Offset) + time;
                foreach ((Instant instant, LocalTimeFit fit) in Map(nominal, zone, it.Repeated))
                {
                    bool valid = instant > it.Anchor && !(instant < it.Start) && !(instant >= it.End);
                    if (valid && instant >= it.From && instant < it.To)
                    {
                        found.Add(new Occurrence(instant, nominal, date, fit));
                    }
                }
            }
        }

        return [.. found.OrderBy(o => o.Instant).ThenBy(o => o.Nominal).DistinctBy(o => o.Instant)];
    }

    private static IEnumerable<LocalTime> Times(Case it)
    {
        for (int hour = 0; hour < 24; hour++)
        {
            for (int minute = 0; it.Hours.Contains(hour) && minute < 60; minute++)
            {
                for (int second = 0; it.Minutes.Contains(minute) && second < 60; second++)
                {
                    if (it.Seconds.Contains(second))
                    {
                        yield return new LocalTime(hour, minute, second);
                    }
                }
            }
        }
    }

    private static (Instant Instant, LocalTimeFit Fit)[] Map(LocalDateTime local, DateTimeZone zone, RepeatedHour repeated)
    {
        var mapping = zone.MapLocal(local);
        return mapping.Count switch
        {
            0 => [(mapping.EarlyInterval.End, LocalTimeFit.Skipped)],
            1 => [(mapping.Single().ToInstant(), LocalTimeFit.Once)],
            _ when repeated == RepeatedHour.First => [(mapping.First().ToInstant(), LocalTimeFit.FirstPass)],
            _ => [
                (mapping.First().ToInstant(), LocalTimeFit.FirstPass),
                (mapping.Last().ToInstant(), LocalTimeFit.SecondPass),
            ],
        };
    }
}
