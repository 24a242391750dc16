using System.Globalization;

namespace Casement.Schedules;

/// <summary>
/// One field of a cron expression: its name as faults say it, its range, and its value names if it has any.
/// Lists, ranges, steps and names are the same for every field; what is special to the two day fields is read by
/// <see cref="CronDays"/>.
/// </summary>
internal sealed record CronField(string Name, int Min, int Max, string[] Names)
{
    public static readonly CronField Seconds = new("Seconds", 0, 59, []);
    public static readonly CronField Minutes = new("Minutes", 0, 59, []);
    public static readonly CronField Hours = new("Hours", 0, 23, []);
    public static readonly CronField DayOfMonth = new("Day-of-month", 1, 31, []);

    public static readonly CronField Month = new(
        "Month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    public static readonly CronField DayOfWeek = new(
        "Day-of-week", 1, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    public static readonly CronField Year = new("Year", CronFields.FirstYear, CronFields.LastYear, []);

    // A range may run over the end of its cycle (FRI-MON, 22-2, NOV-FEB); years have no cycle.
    private bool IsCyclic => Min != CronFields.FirstYear;

    private int Size => Max - Min + 1;

    /// <summary>Reads a comma-separated list. Members of the set are values less the field's <see cref="Min"/>.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out ValueSet values, out string? fault)
    {
        values = default;
        foreach (Range part in text.Split(','))
        {
            if (!TryParsePart(text[part], out ValueSet some, out fault))
            {
                return false;
            }

            values = values.Union(some);
        }

        fault = null;
        return true;
    }

    /// <summary>Reads a number or a name of this field.</summary>
    public bool TryParseValue(ReadOnlySpan<char> text, out int value, out string? fault)
    {
        for (int i = 0; i < Names.Length; i++)
        {
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                value = Min + i;
                fault = null;
                return true;
            }
        }

        bool known = TryParseDigits(text, out value) && value >= Min && value <= Max;
        fault = known ? null : $"{Name} '{text}' is not {AllowedValues()}.";
        return known;
    }

    /// <summary>Reads ASCII digits, leading zeros allowed; a number too large for an int stays at the largest int.</summary>
    public static bool TryParseDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            value = int.MaxValue;
        }

        return true;
    }

    private bool TryParsePart(ReadOnlySpan<char> part, out ValueSet values, out string? fault)
    {
        values = default;
        if (part.IsEmpty)
        {
            fault = $"{Name} has an empty member in its list.";
            return false;
        }

        if (part.Contains('?'))
        {
            fault = this == DayOfMonth || this == DayOfWeek
                ? $"{Name} '{part}' cannot hold '?' together with other values."
                : $"{Name} '{part}' cannot be '?': only Day-of-month and Day-of-week take it.";
            return false;
        }

        int slash = part.IndexOf('/');
        ReadOnlySpan<char> span = slash < 0 ? part : part[..slash];
        int step = 1;
        if (slash >= 0 && !TryParseStep(part[(slash + 1)..], out step, out fault))
        {
            return false;
        }

        if (!TryParseSpan(span, openEnded: slash >= 0, out int first, out int last, out fault))
        {
            return false;
        }

        int length = last - first + (last < first ? Size : 0);
        for (int i = 0; i <= length; i += step)
        {
            values = values.With((first - Min + i) % Size);
        }

        return true;
    }

    private bool TryParseStep(ReadOnlySpan<char> text, out int step, out string? fault)
    {
        int largest = Min == 0 ? Max : Size;
        bool known = TryParseDigits(text, out step) && step >= 1 && step <= largest;
        fault = known ? null : $"{Name} step '{text}' is not a number from 1 to {largest}.";
        return known;
    }

    /// <summary><c>*</c>, <c>a-b</c>, or <c>a</c>, which reaches to the end of the field if a step follows.</summary>
    private bool TryParseSpan(
        ReadOnlySpan<char> text, bool openEnded, out int first, out int last, out string? fault)
    {
        (first, last) = (Min, Max);
        if (text is "*")
        {
            fault = null;
            return true;
        }

        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            bool known = TryParseValue(text, out first, out fault);
            last = openEnded ? Max : first;
            return known;
        }

        if (!TryParseValue(text[..dash], out first, out fault)
            || !TryParseValue(text[(dash + 1)..], out last, out fault))
        {
            return false;
        }

        if (last < first && !IsCyclic)
        {
            fault = $"{Name} range '{text}' ends before it starts.";
            return false;
        }

        return true;
    }

    private string AllowedValues() => Names.Length == 0
        ? string.Create(CultureInfo.InvariantCulture, $"a number from {Min} to {Max}")
        : string.Create(CultureInfo.InvariantCulture, $"a number from {Min} to {Max} or a name from {Names[0]} to {Names[^1]}");
}
