using System.Globalization;
using System.Text;
using NodaTime;

namespace Casement.Schedules;

/// <summary>
/// The strings of NextExecutionTime and ExecutionTime, as AWS writes them: <c>2020-02-19T16:00Z</c>,
/// <c>2019-10-20T05:34:56-07:00</c>, <c>2019-05-18T17:01:01.137Z</c>. Seconds are left out when they and the fraction
/// are zero; a fraction has 3, 6 or 9 digits; an offset of zero is Z; there is no zone id.
/// </summary>
public static class OccurrenceText
{
    /// <summary>In the window's own zone, see <see cref="WindowSchedule.TextZone"/>.</summary>
    public static string Format(Occurrence occurrence, WindowSchedule window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return Format(occurrence.Instant, window.TextZone);
    }

    /// <summary>An instant as the wall clock of a zone shows it, with that moment's offset.</summary>
    public static string Format(Instant instant, DateTimeZone zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        LocalDateTime local = LocalTimes.Show(instant, zone);
        // At the ends of the calendar the clock is shown in UTC, and so is its offset.
        int offset = local == instant.InUtc().LocalDateTime ? 0 : zone.GetUtcOffset(instant).Seconds;
        var text = new StringBuilder(35);
        text.Append(CultureInfo.InvariantCulture, $"{local.Year:D4}-{local.Month:D2}-{local.Day:D2}");
        text.Append(CultureInfo.InvariantCulture, $"T{local.Hour:D2}:{local.Minute:D2}");
        if (local.Second != 0 || local.NanosecondOfSecond != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{local.Second:D2}");
            AppendFraction(text, local.NanosecondOfSecond);
        }

        AppendOffset(text, offset);
        return text.ToString();
    }

    private static void AppendFraction(StringBuilder text, int nanos)
    {
        if (nanos == 0)
        {
            return;
        }

        if (nanos % 1_000_000 == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $".{nanos / 1_000_000:D3}");
        }
        else if (nanos % 1000 == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $".{nanos / 1000:D6}");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $".{nanos:D9}");
        }
    }

    private static void AppendOffset(StringBuilder text, int offset)
    {
        if (offset == 0)
        {
            text.Append('Z');
            return;
        }

        int length = Math.Abs(offset);
        text.Append(offset < 0 ? '-' : '+');
        text.Append(CultureInfo.InvariantCulture, $"{length / 3600:D2}:{length / 60 % 60:D2}");
        if (length % 60 != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $":{length % 60:D2}");
        }
    }
}
