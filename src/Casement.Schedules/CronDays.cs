namespace Casement.Schedules;

/// <summary>
/// Reads the two day fields. Exactly one of them is <c>?</c>; the other may hold what plain fields hold, or one of
/// <c>L</c>, <c>L-n</c>, <c>LW</c>, <c>L-nW</c>, <c>nW</c> (day of month), <c>L</c>, <c>nL</c>, <c>n#k</c> (day of
/// week), which stand alone and never in a list.
/// </summary>
internal static class CronDays
{
    private const uint EveryDay = 0xFFFF_FFFE;
    private const int Saturday = 6;

    public static bool TryParse(
        ReadOnlySpan<char> dayOfMonth, ReadOnlySpan<char> dayOfWeek, out DayRule? days, out string? fault)
    {
        days = null;
        bool anyDayOfMonth = dayOfMonth is "?";
        bool anyDayOfWeek = dayOfWeek is "?";
        if (anyDayOfMonth && anyDayOfWeek)
        {
            fault = "Day-of-month and Day-of-week are both '?': one of them must say which days.";
            return false;
        }

        if (!anyDayOfMonth && !anyDayOfWeek)
        {
            fault = $"Day-of-month is '{dayOfMonth}' and Day-of-week is '{dayOfWeek}': one of them must be '?'.";
            return false;
        }

        return anyDayOfWeek
            ? TryParseDayOfMonth(dayOfMonth, out days, out fault)
            : TryParseDayOfWeek(dayOfWeek, out days, out fault);
    }

    private static bool TryParseDayOfMonth(ReadOnlySpan<char> text, out DayRule? days, out string? fault)
    {
        CronField field = CronField.DayOfMonth;
        days = null;
        if (text is "*")
        {
            days = new DayRule.Numbered(EveryDay);
            fault = null;
            return true;
        }

        if (text.ContainsAny("LlWw"))
        {
            return !IsListed(field, text, "L and W", out fault) && TryParseLetters(text, out days, out fault);
        }

        if (!field.TryParse(text, out ValueSet values, out fault))
        {
            return false;
        }

        days = new DayRule.Numbered((uint)values.Bits0 << field.Min);
        return true;
    }

    /// <summary><c>L[-n][W]</c> or <c>nW</c>.</summary>
    private static bool TryParseLetters(ReadOnlySpan<char> text, out DayRule? days, out string? fault)
    {
        const int MostDaysBefore = 30;
        days = null;
        bool workday = text[^1] is 'W' or 'w';
        ReadOnlySpan<char> day = workday ? text[..^1] : text;
        if (!day.IsEmpty && day[0] is 'L' or 'l')
        {
            int before = 0;
            bool known = day.Length == 1
                || (day[1] == '-' && CronField.TryParseDigits(day[2..], out before) && before is >= 1 and <= MostDaysBefore);
            days = known ? new DayRule.FromLast(before, workday) : null;
            fault = known ? null : $"Day-of-month '{text}' is not L, LW, or L-n or L-nW with n from 1 to {MostDaysBefore}.";
            return known;
        }

        if (!workday)
        {
            fault = $"Day-of-month '{text}' has its L in the wrong place: it is L, L-n, LW or L-nW.";
            return false;
        }

        if (day.Contains('-') || !CronField.DayOfMonth.TryParseValue(day, out int number, out _))
        {
            fault = $"Day-of-month '{text}' must have one day from 1 to 31, or L, before the W.";
            return false;
        }

        days = new DayRule.Nearest(number);
        fault = null;
        return true;
    }

    private static bool TryParseDayOfWeek(ReadOnlySpan<char> text, out DayRule? days, out string? fault)
    {
        CronField field = CronField.DayOfWeek;
        days = null;
        bool last = text.ContainsAny("Ll");
        int hash = text.IndexOf('#');
        if ((last || hash >= 0) && IsListed(field, text, "L and #", out fault))
        {
            return false;
        }

        if (hash >= 0)
        {
            return TryParseNth(text, hash, out days, out fault);
        }

        if (text is "L" or "l")
        {
            // The last day of the week, every week.
            days = new DayRule.Weekly(1U << Saturday);
            fault = null;
            return true;
        }

        if (last)
        {
            bool known = field.TryParseValue(text[..^1], out int weekday, out fault) && text[^1] is 'L' or 'l';
            days = known ? new DayRule.LastWeekday(weekday - field.Min) : null;
            fault = known ? null : $"Day-of-week '{text}' must be one day from 1 to 7 or SUN to SAT followed by L.";
            return known;
        }

        if (!field.TryParse(text, out ValueSet values, out fault))
        {
            return false;
        }

        days = new DayRule.Weekly((uint)values.Bits0);
        return true;
    }

    private static bool TryParseNth(ReadOnlySpan<char> text, int hash, out DayRule? days, out string? fault)
    {
        CronField field = CronField.DayOfWeek;
        days = null;
        if (!field.TryParseValue(text[..hash], out int weekday, out fault))
        {
            return false;
        }

        ReadOnlySpan<char> nth = text[(hash + 1)..];
        if (!CronField.TryParseDigits(nth, out int number) || number is < 1 or > 5)
        {
            fault = $"Day-of-week '{text}' must have a number from 1 to 5 after the #.";
            return false;
        }

        days = new DayRule.NthWeekday(weekday - field.Min, number);
        return true;
    }

    private static bool IsListed(CronField field, ReadOnlySpan<char> text, string letters, out string? fault)
    {
        bool listed = text.ContainsAny(',', '/');
        fault = listed ? $"{field.Name} '{text}' combines {letters} with other values: they stand alone." : null;
        return listed;
    }
}
