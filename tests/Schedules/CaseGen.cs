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

    private sealed record Field(string Text, HashSet<int> Values);

    private sealed record DayField(string Kind, string OfMonth, string OfWeek, Func<LocalDate, bool> Matches);

    private static readonly string[] _weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private static readonly Gen<Field> _hours = Gen.Frequency(
        (2, Gen.Const(Every(0, 23, "*"))),
        (3, Gen.Int[0, 3].Select(h => One(h))),
        (2, Gen.Int[0, 23].Select(h => One(h))),
        (2, Gen.Int[1, 6].Select(step => Steps(0, 23, step))),
        (2, Gen.Const(new Field("22-3", [22, 23, 0, 1, 2, 3]))));

    private static readonly Gen<Field> _minutes = Gen.Frequency(
        (1, Gen.Const(Every(0, 59, "*"))),
        (4, Gen.Int[0, 59].Select(m => One(m))),
        (4, Gen.Int[0, 20].Select(Gen.Int[5, 30]).Select(p => Steps(p.Item1, p.Item2))),
        (2, Gen.Int[0, 29].Select(Gen.Int[30, 59]).Select(p => new Field(Text($"{p.Item1},{p.Item2}"), [p.Item1, p.Item2]))));

    private static readonly Gen<DayField> _days = Gen.Frequency(
        (3, Gen.Const(new DayField("every", "*", "?", _ => true))),
        (2, Gen.Int[1, 31].Select(d => new DayField("numbered", Text($"{d}"), "?", date => date.Day == d))),
        (1, Gen.Const(new DayField("never", "30,31", "?", _ => false))),
        (2, Gen.Const(new DayField("L", "L", "?", date => IsBeforeMonthEnd(date, 0)))),
        (1, Gen.Int[1, 30].Select(n => new DayField("L-n", Text($"L-{n}"), "?", date => IsBeforeMonthEnd(date, n)))),
        (1, Gen.Const(new DayField("LW", "LW", "?", date => IsNearest(date, LastOf(date))))),
        (2, Gen.Int[1, 31].Select(n => new DayField("W", Text($"{n}W"), "?", date => n <= LastOf(date) && IsNearest(date, n)))),
        (2, Gen.Int[1, 7].Select(w => new DayField("weekly", "?", _weekdays[w - 1], date => Weekday(date) == w))),
        (1, Gen.Int[1, 7].Select(w => new DayField(
            "lastWeekday", "?", Text($"{w}L"), date => Weekday(date) == w && date.PlusDays(7).Month != date.Month))),
        (2, Gen.Int[1, 7].Select(Gen.Int[1, 4]).Select(p => Nth(p.Item1, p.Item2))),
        (2, Gen.Int[1, 7].Select(w => Nth(w, 5))));

    private static readonly Gen<(string Zone, int Year)> _places =
        from zone in Gen.Int[0, Zones.Length - 1].Select(i => Zones[i])
        from usual in Gen.Bool
        from year in Gen.Int[1985, 2037]
        select (zone, usual ? UsualYear(zone) : year);

    public static readonly Gen<Case> Cases =
        from place in _places
        from days in _days
        from hours in _hours
        from minutes in _minutes
        from seven in Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true)))
        from second in Gen.Int[0, 59]
        from month in Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 12]))
        from repeated in Gen.Frequency((2, Gen.Const(RepeatedHour.First)), (1, Gen.Const(RepeatedHour.Both)))
        from offset in Gen.Frequency((2, Gen.Const(0)), (1, Gen.Int[1, 6]))
        from limits in Gen.Int[0, 15]
        from anchorHour in Gen.Int[0, 8783]
        from startHour in Gen.Int[0, 8783]
        from change in Gen.Int[0, 3]
        select Build(place, days, hours, minutes, seven ? second : -1, days.Kind == "never" ? 2 : month, repeated, offset, limits, (anchorHour, startHour, change));

    private static Case Build(
        (string Zone, int Year) place, DayField days, Field hours, Field minutes, int second, int month,
        RepeatedHour repeated, int offset, int limits, (int Anchor, int Start, int Change) at)
    {
        Instant from = Instant.FromUtc(place.Year, 1, 1, 0, 0);
        Instant to = Instant.FromUtc(place.Year + 1, 1, 1, 0, 0);
        bool dense = second >= 0 || hours.Values.Count * minutes.Values.Count > 200;
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

        Instant start = from + Duration.FromHours(at.Start % (int)(to - from).TotalHours);
        string seconds = second >= 0 ? Text($"{second} ") : "";
        string text = Text($"cron({seconds}{minutes.Text} {hours.Text} {days.OfMonth} {(month == 0 ? "*" : Text($"{month}"))} {days.OfWeek} *)");
        return new Case(
            text,
            days.Kind,
            date => (month == 0 || date.Month == month) && days.Matches(date),
            hours.Values,
            minutes.Values,
            [Math.Max(second, 0)],
            second >= 0,
            place.Zone,
            from,
            to,
            repeated,
            offset,
            anchor,
            (limits & 4) != 0 ? start : null,
            (limits & 8) != 0 ? start + Duration.FromDays(100) : null);
    }

    private static int UsualYear(string zone) => zone switch
    {
        "Pacific/Apia" => 2011,
        "America/Nuuk" => 2023,
        _ => 2024,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static Field One(int value) => new(Text($"{value}"), [value]);

    private static Field Every(int min, int max, string text) => new(text, [.. Enumerable.Range(min, max - min + 1)]);

    private static Field Steps(int first, int step) => Steps(first, 59, step);

    private static Field Steps(int first, int max, int step) =>
        new(Text($"{first}/{step}"), [.. Enumerable.Range(first, max - first + 1).Where(v => (v - first) % step == 0)]);

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
