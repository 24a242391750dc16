using System.Globalization;
using CsCheck;
using NodaTime;

namespace Casement.Schedules.Tests;

/// <summary>Generates schedules in zones and years where clocks do odd things.</summary>
internal static class CaseGen
{
    public static readonly string[] Zones =
    [
        "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "Africa/Cairo", "America/Nuuk", "Africa/Casablanca",
        "America/Los_Angeles", "Europe/Berlin", "UTC",
    ];

    /// <summary>Every zone that NodaTime's data knows; the odd ones above come most often.</summary>
    private static readonly string[] _allZones = [.. DateTimeZoneProviders.Tzdb.Ids];

    private sealed record DayField(string Kind, string OfMonth, string OfWeek, Func<LocalDate, bool> Matches);

    private static readonly Gen<CronPart> _hours = Gen.Frequency(
        (2, Gen.Const(CronPart.Every(0, 23))),
        (3, Gen.Int[0, 3].Select(CronPart.One)),
        (2, Gen.Int[0, 23].Select(CronPart.One)),
        (2, Gen.Int[1, 6].Select(step => CronPart.Steps(0, 23, step))),
        (2, Gen.Const(new CronPart("22-3", [22, 23, 0, 1, 2, 3]))),
        (3, CronPart.Lists(0, 23, [])));

    private static readonly Gen<CronPart> _minutes = Gen.Frequency(
        (1, Gen.Const(CronPart.Every(0, 59))),
        (4, Gen.Int[0, 59].Select(CronPart.One)),
        (4, Gen.Int[0, 20].Select(Gen.Int[5, 30]).Select(p => CronPart.Steps(p.Item1, 59, p.Item2))),
        (2, Gen.Int[0, 29].Select(Gen.Int[30, 59]).Select(p => new CronPart(Text($"{p.Item1},{p.Item2}"), [p.Item1, p.Item2]))),
        (3, CronPart.Lists(0, 59, [])));

    private static readonly Gen<CronPart> _months = Gen.Frequency(
        (6, Gen.Const(CronPart.Every(1, 12))), (2, Gen.Int[1, 12].Select(CronPart.One)), (2, CronPart.Lists(1, 12, CronPart.Months)));

    private static readonly Gen<DayField> _days = Gen.Frequency(
        (3, Gen.Const(new DayField("every", "*", "?", _ => true))),
        (2, Gen.Int[1, 31].Select(d => new DayField("numbered", Text($"{d}"), "?", date => date.Day == d))),
        (2, CronPart.Lists(1, 31, []).Select(p => new DayField("list of days", p.Text, "?", date => p.Values.Contains(date.Day)))),
        (1, Gen.Const(new DayField("never", "30,31", "?", _ => false))),
        (2, Gen.Const(new DayField("L", "L", "?", date => IsBeforeMonthEnd(date, 0)))),
        (1, Gen.Int[1, 30].Select(n => new DayField("L-n", Text($"L-{n}"), "?", date => IsBeforeMonthEnd(date, n)))),
        (1, Gen.Const(new DayField("LW", "LW", "?", date => IsNearest(date, LastOf(date))))),
        (1, Gen.Int[1, 27].Select(n => new DayField("L-nW", Text($"l-{n}w"), "?", date => IsNearest(date, LastOf(date) - n)))),
        (2, Gen.Int[1, 31].Select(n => new DayField("W", Text($"{n}W"), "?", date => n <= LastOf(date) && IsNearest(date, n)))),
        (2, Gen.Int[1, 7].Select(w => new DayField("weekly", "?", CronPart.Weekdays[w - 1], date => Weekday(date) == w))),
        (2, CronPart.Lists(1, 7, CronPart.Weekdays).Select(p => new DayField("list of weekdays", "?", p.Text, date => p.Values.Contains(Weekday(date))))),
        (1, Gen.Const(new DayField("L of the week", "?", "L", date => date.DayOfWeek == IsoDayOfWeek.Saturday))),
        (1, Gen.Int[1, 7].Select(w => new DayField(
            "lastWeekday", "?", Text($"{w}L"), date => Weekday(date) == w && date.PlusDays(7).Month != date.Month))),
        (2, Gen.Int[1, 7].Select(Gen.Int[1, 4]).Select(p => Nth(p.Item1, p.Item2))),
        (2, Gen.Int[1, 7].Select(w => Nth(w, 5))));

    private static readonly Gen<(string Zone, int Year)> _places =
        from zone in Gen.Frequency(
            (3, Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])), (1, Gen.Int[0, _allZones.Length - 1].Select(i => _allZones[i])))
        from usual in Gen.Bool
        from year in Gen.Int[1985, 2037]
        select (zone, usual ? UsualYear(zone) : year);

    public static readonly Gen<Case> Cases =
        from place in _places
        from days in _days
        from hours in _hours
        from minutes in _minutes
        from months in _months
        from seconds in Gen.Frequency((3, Gen.Const(0).Select(_ => (CronPart?)null)), (1, Gen.Int[0, 59].Select(s => (CronPart?)CronPart.One(s))), (1, CronPart.Lists(0, 59, []).Select(p => (CronPart?)p)))
        from years in Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 4]))
        from repeated in Gen.Frequency((2, Gen.Const(RepeatedHour.First)), (1, Gen.Const(RepeatedHour.Both)))
        from offset in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 6]))
        from limits in Gen.Int[0, 15]
        from anchorHour in Gen.Int[0, 8783]
        from startHour in Gen.Int[0, 8783]
        from change in Gen.Int[0, 3]
        select Build(
            place, days, new Times(hours, minutes, seconds is { } s && s.Values.Count * hours.Values.Count * minutes.Values.Count > 300 ? CronPart.One(s.Values.Min()) : seconds),
            days.Kind == "never" ? CronPart.One(2) : months, Years(years, place.Year), repeated, offset, limits, (anchorHour, startHour, change));

    private sealed record Times(CronPart Hours, CronPart Minutes, CronPart? Seconds);

    private static Case Build(
        (string Zone, int Year) place, DayField days, Times times, CronPart months, CronPart years, RepeatedHour repeated,
        int offset, int limits, (int Anchor, int Start, int Change) at)
    {
        Instant from = Instant.FromUtc(place.Year, 1, 1, 0, 0);
        Instant to = Instant.FromUtc(place.Year + 1, 1, 1, 0, 0);
        int perDay = times.Hours.Values.Count * times.Minutes.Values.Count * (times.Seconds?.Values.Count ?? 1);
        bool dense = times.Seconds is not null || perDay > 200;
        Instant[] changes =
            [.. DateTimeZoneProviders.Tzdb[place.Zone].GetZoneIntervals(from, to).Where(i => i.HasEnd && i.End < to).Select(i => i.End)];
        Instant anchor = (limits & 1) == 0 ? from - Duration.FromDays(20) : from + Duration.FromHours(at.Anchor);
        if (changes.Length > 0)
        {
            Instant change = changes[at.Change % changes.Length];
            if (dense)
            {
                (from, to) = (change - Duration.FromDays(9), change + Duration.FromDays(9));
            }

            // Anchors close to a change of clocks, where first and second pass differ.
            anchor = (limits & 2) == 0 ? anchor : change + Duration.FromMinutes((at.Anchor % 180) - 90);
        }
        else if (dense)
        {
            to = from + Duration.FromDays(18);
        }

        Instant start = from + Duration.FromHours(at.Start % (int)(to - from).TotalHours);
        string seconds = times.Seconds is null ? "" : times.Seconds.Text + " ";
        string text = $"cron({seconds}{times.Minutes.Text} {times.Hours.Text} {days.OfMonth} {months.Text} {days.OfWeek} {years.Text})";
        return new Case(
            text,
            days.Kind,
            date => years.Values.Contains(date.Year) && months.Values.Contains(date.Month) && days.Matches(date),
            times.Hours.Values,
            times.Minutes.Values,
            times.Seconds?.Values ?? [0],
            times.Seconds is not null,
            place.Zone,
            from,
            to,
            repeated,
            offset,
            anchor,
            (limits & 4) != 0 ? start : null,
            (limits & 8) != 0 ? start + Duration.FromDays(100) : null);
    }

    private static CronPart Years(int form, int year) => form switch
    {
        1 => CronPart.One(year),
        2 => new CronPart(Text($"{year - 1}-{year + 2}"), [.. Enumerable.Range(year - 1, 4)]),
        3 => CronPart.Steps(1970, 2199, 3),
        4 => new CronPart(Text($"{year + 1},1970-{year}/2"), [year + 1, .. Enumerable.Range(1970, year - 1969).Where(y => y % 2 == 0)]),
        _ => CronPart.Every(1970, 2199),
    };

    private static int UsualYear(string zone) => zone switch
    {
        "Pacific/Apia" => 2011,
        "America/Nuuk" => 2023,
        _ => 2024,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static DayField Nth(int weekday, int nth) => new(
        nth == 5 ? "#5" : "#", "?", Text($"{weekday}#{nth}"), date => Weekday(date) == weekday && (date.Day + 6) / 7 == nth);

    private static int Weekday(LocalDate date) => ((int)date.DayOfWeek % 7) + 1;

    private static int LastOf(LocalDate date) => CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month);

    private static bool IsBeforeMonthEnd(LocalDate date, int days) =>
        date.PlusDays(days).Month == date.Month && date.PlusDays(days + 1).Month != date.Month;

    private static bool IsNearest(LocalDate date, int wanted) =>
        Enumerable.Range(1, LastOf(date))
            .Where(day => new LocalDate(date.Year, date.Month, day).DayOfWeek < IsoDayOfWeek.Saturday)
            .MinBy(day => Math.Abs(day - wanted)) == date.Day;
}
