using System.Globalization;

namespace Casement.Policies;

/// <summary>
/// An instant as policies write it: an ISO 8601 text of the W3C profile, from a month to fractions of a second, or
/// seconds since 1970. Digits alone are seconds, so a year needs a <c>T</c> behind it. AWS takes years far outside of
/// what the framework's own types hold.
/// </summary>
internal readonly record struct Moment(long Seconds, int Nanos) : IComparable<Moment>
{
    private const long YearMin = -292275054;
    private const long YearMax = 292278993;

    public int CompareTo(Moment other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    public static bool TryParse(string text, out Moment moment)
    {
        moment = default;
        if (!text.Contains('T', StringComparison.OrdinalIgnoreCase) && !text.Contains('-', StringComparison.Ordinal))
        {
            var isEpoch = TryNumber(text, 1, 19, 0, long.MaxValue, out var seconds);
            moment = new Moment(seconds, 0);
            return isEpoch;
        }

        var split = text.AsSpan().IndexOfAny('T', 't');
        var date = split < 0 ? text.AsSpan() : text.AsSpan(0, split);
        var time = split < 0 ? default : text.AsSpan(split + 1);
        if (!TryDays(date, out var days) || !TryTime(time, out var ofDay, out var nanos))
        {
            return false;
        }

        moment = new Moment((days * 86400) + ofDay, nanos);
        return true;
    }

    private static bool TryDays(ReadOnlySpan<char> date, out long days)
    {
        days = 0;
        var negative = date.StartsWith('-');
        Span<Range> parts = stackalloc Range[4];
        var body = negative ? date[1..] : date;
        var count = body.Split(parts, '-');
        if (count is 0 or > 3 || !TryNumber(body[parts[0]], 1, 9, 0, YearMax, out var year))
        {
            return false;
        }

        long month = 1;
        long day = 1;
        year = negative ? -year : year;
        if (year < YearMin
            || (count > 1 && !TryNumber(body[parts[1]], 1, 2, 1, 12, out month))
            || (count > 2 && !TryNumber(body[parts[2]], 1, 2, 1, 31, out day)))
        {
            return false;
        }

        days = DaysFromCivil(year, month, day);
        return true;
    }

    /// <summary>Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March.</summary>
    private static long DaysFromCivil(long year, long month, long day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = (y >= 0 ? y : y - 399) / 400;
        var yearOfEra = y - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719468;
    }

    private static bool TryTime(ReadOnlySpan<char> time, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (time.IsEmpty)
        {
            return true;
        }

        if (!TryOffset(ref time, out var offset))
        {
            return false;
        }

        Span<Range> parts = stackalloc Range[4];
        var count = time.Split(parts, ':');
        long minute = 0;
        long second = 0;
        if (count > 3 || !TryNumber(time[parts[0]], 1, 2, 0, 23, out var hour)
            || (count > 1 && !TryNumber(time[parts[1]], 1, 2, 0, 59, out minute))
            || (count > 2 && !TrySecond(time[parts[2]], out second, out nanos)))
        {
            return false;
        }

        seconds = (hour * 3600) + (minute * 60) + second - offset;
        return true;
    }

    private static bool TrySecond(ReadOnlySpan<char> text, out long second, out int nanos)
    {
        nanos = 0;
        var dot = text.IndexOf('.');
        if (!TryNumber(dot < 0 ? text : text[..dot], 1, 2, 0, 59, out second) || dot < 0)
        {
            return dot < 0 && TryNumber(text, 1, 2, 0, 59, out second);
        }

        var fraction = text[(dot + 1)..];
        if (!TryNumber(fraction, 1, 9, 0, 999_999_999, out var digits))
        {
            return false;
        }

        for (var i = fraction.Length; i < 9; i++)
        {
            digits *= 10;
        }

        nanos = (int)digits;
        return true;
    }

    /// <summary>Cuts <c>Z</c> or <c>±hh[:mm]</c> off the end; neither means UTC.</summary>
    private static bool TryOffset(ref ReadOnlySpan<char> time, out long offset)
    {
        offset = 0;
        if (time[^1] is 'Z' or 'z')
        {
            time = time[..^1];
            return !time.IsEmpty;
        }

        var at = time.IndexOfAny('+', '-');
        if (at < 0)
        {
            return true;
        }

        var sign = time[at] == '-' ? -1 : 1;
        var zone = time[(at + 1)..];
        time = time[..at];
        long minutes = 0;
        if (zone.Length is not (2 or 5) || !TryNumber(zone[..2], 2, 2, 0, 23, out var hours)
            || (zone.Length == 5 && (zone[2] != ':' || !TryNumber(zone[3..], 2, 2, 0, 59, out minutes))))
        {
            return false;
        }

        offset = sign * ((hours * 3600) + (minutes * 60));
        return true;
    }

    private static bool TryNumber(
        ReadOnlySpan<char> text, int digitsMin, int digitsMax, long min, long max, out long value)
    {
        value = 0;
        return text.Length >= digitsMin && text.Length <= digitsMax
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max;
    }
}
