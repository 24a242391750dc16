namespace Casement.Schedules;

/// <summary>Reads what stands between the parentheses of <c>cron(…)</c>.</summary>
internal static class CronExpression
{
    private const int WithoutSeconds = 6;
    private const int WithSeconds = 7;

    public static bool TryParse(
        ReadOnlySpan<char> text, out CronFields? fields, out bool hasSeconds, out string? fault)
    {
        fields = null;
        Span<Range> parts = stackalloc Range[WithSeconds + 1];
        int count = Split(text, parts);
        hasSeconds = count == WithSeconds;
        if (count is < WithoutSeconds or > WithSeconds)
        {
            fault = count == 0
                ? "cron() is empty: it takes Minutes Hours Day-of-month Month Day-of-week Year."
                : $"cron takes 6 fields (Minutes Hours Day-of-month Month Day-of-week Year) or 7 with Seconds first, not {(count > WithSeconds ? "more" : count)}.";
            return false;
        }

        // What is left out of six fields is the seconds: the whole minute.
        ValueSet seconds = default(ValueSet).With(0);
        if (hasSeconds && !CronField.Seconds.TryParse(text[parts[0]], out seconds, out fault))
        {
            return false;
        }

        Span<Range> rest = parts[(hasSeconds ? 1 : 0)..count];
        if (!CronField.Minutes.TryParse(text[rest[0]], out ValueSet minutes, out fault)
            || !CronField.Hours.TryParse(text[rest[1]], out ValueSet hours, out fault)
            || !CronField.Month.TryParse(text[rest[3]], out ValueSet months, out fault)
            || !CronDays.TryParse(text[rest[2]], text[rest[4]], out DayRule? days, out fault)
            || !CronField.Year.TryParse(text[rest[5]], out ValueSet years, out fault))
        {
            return false;
        }

        uint monthBits = (uint)months.Bits0 << CronField.Month.Min;
        fields = new CronFields(seconds.Bits0, minutes.Bits0, hours.Bits0, monthBits, days!, years);
        return true;
    }

    private static int Split(ReadOnlySpan<char> text, Span<Range> parts)
    {
        int count = 0;
        int at = 0;
        while (count < parts.Length)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            int start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == start)
            {
                break;
            }

            parts[count++] = start..at;
        }

        return count;
    }
}
