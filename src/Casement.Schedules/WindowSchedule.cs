using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using NodaTime;

namespace Casement.Schedules;

/// <summary>What a window says about when it opens, as a client gave it. Strings are parsed by <see cref="WindowSchedule"/>.</summary>
/// <param name="Schedule">The compiled expression.</param>
/// <param name="Anchor">
/// The later of the window's creation and the last change of its schedule, zone, dates or offset. Nothing opens at or
/// before it, <c>rate</c> counts from it, and ScheduleOffset uses base dates after it. Fractions of a millisecond are
/// dropped.
/// </param>
public sealed record WindowTerms(Schedule Schedule, Instant Anchor)
{
    /// <summary>ScheduleTimezone: an IANA id, by which <c>cron</c> and <c>at</c> are read; null is UTC.</summary>
    public string? Timezone { get; init; }

    /// <summary>
    /// ISO 8601, extended: <c>2021-11-01</c>, <c>2021-11-01T14:29:00-08:00</c>. Without an offset it is UTC, whatever
    /// the zone. The first moment at which the window may open.
    /// </summary>
    public string? StartDate { get; init; }

    /// <summary>Like <see cref="StartDate"/>: the first moment at which the window no longer opens.</summary>
    public string? EndDate { get; init; }

    /// <summary>Days, 1 to 6, by which openings come after the dates that a cron expression matches.</summary>
    public int? ScheduleOffset { get; init; }

    /// <summary>What cron does with local times that occur twice.</summary>
    public RepeatedHour RepeatedHour { get; init; }
}

/// <summary>
/// A window's schedule, bound to zone, validity and anchor, with one question: when does it open next? Immutable, safe
/// for use by several threads; a question allocates nothing.
/// </summary>
/// <remarks>
/// A local time that clocks skip opens at the first instant after the gap; one that they repeat opens at the first
/// pass, or at both if asked to; equal instants are one opening. ScheduleOffset is added to the local date before the
/// local time is resolved. Validity is half-open: StartDate ≤ instant &lt; EndDate.
/// </remarks>
public sealed class WindowSchedule
{
    private const int FiveMinutes = 300;

    private readonly Series _series;

    private WindowSchedule(WindowTerms terms, DateTimeZone zone, ValidityDate? start, ValidityDate? end)
    {
        Terms = terms;
        Zone = zone;
        ValidFrom = InstantOf(start);
        ValidUntil = InstantOf(end);
        TextZone = terms.Timezone is null && terms.Schedule is Schedule.Rate && start is { } from
            ? DateTimeZone.ForOffset(from.Offset)
            : zone;
        long anchor = terms.Anchor.ToUnixTimeMilliseconds();
        _series = terms.Schedule switch
        {
            Schedule.Cron cron => new CronSeries(
                cron.Fields,
                ZoneTimeline.Of(zone),
                terms.RepeatedHour,
                terms.ScheduleOffset ?? 0,
                anchor,
                start?.Millisecond),
            Schedule.Rate rate => new RateSeries(rate.Interval, anchor, start?.Millisecond, TextZone),
            Schedule.At at => new AtSeries(at.Time, anchor, start?.Millisecond, ZoneTimeline.Of(zone)),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>What this was made from.</summary>
    public WindowTerms Terms { get; }

    /// <summary>The zone whose wall clock <c>cron</c> and <c>at</c> mean.</summary>
    public DateTimeZone Zone { get; }

    /// <summary>
    /// The zone in which openings are written: <see cref="Zone"/>, except that <c>rate</c> without a zone keeps the
    /// offset of its StartDate.
    /// </summary>
    public DateTimeZone TextZone { get; }

    /// <summary>StartDate, rounded up to a millisecond.</summary>
    public Instant? ValidFrom { get; }

    /// <summary>EndDate, rounded up to a millisecond; nothing opens at or after it.</summary>
    public Instant? ValidUntil { get; }

    /// <summary>With the zone data that comes with NodaTime.</summary>
    public static bool TryCreate(
        WindowTerms terms, [NotNullWhen(true)] out WindowSchedule? window, [NotNullWhen(false)] out string? fault) =>
        TryCreate(terms, DateTimeZoneProviders.Tzdb, out window, out fault);

    /// <summary>
    /// Faults: <c>Invalid timezone: &lt;value&gt;</c>, <c>Invalid StartDate: &lt;value&gt;. …</c> (and EndDate),
    /// <c>EndDate must be after StartDate.</c>, and one sentence for a ScheduleOffset out of range or without cron.
    /// An EndDate or a time that has already passed is no fault: such a window never opens.
    /// </summary>
    public static bool TryCreate(
        WindowTerms terms,
        IDateTimeZoneProvider zones,
        [NotNullWhen(true)] out WindowSchedule? window,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(zones);
        window = null;
        if (FindZone(terms.Timezone, zones) is not { } zone)
        {
            fault = $"Invalid timezone: {terms.Timezone}";
            return false;
        }

        if (!TryParseDate("StartDate", terms.StartDate, out ValidityDate? start, out fault)
            || !TryParseDate("EndDate", terms.EndDate, out ValidityDate? end, out fault))
        {
            return false;
        }

        fault = start is { } from && end is { } until && until.Millisecond <= from.Millisecond
            ? "EndDate must be after StartDate."
            : OffsetFault(terms);
        if (fault is not null)
        {
            return false;
        }

        window = new WindowSchedule(terms, zone, start, end);
        return true;
    }

    /// <summary>The first opening strictly later than an instant; null if it never opens again.</summary>
    public Occurrence? Next(Instant after) =>
        _series.Next(after) is { } next && !(next.Instant >= ValidUntil) ? next : null;

    /// <summary>Openings in the half-open interval [<paramref name="from"/>, <paramref name="to"/>), ascending, found as they are asked for.</summary>
    public IEnumerable<Occurrence> Between(Instant from, Instant to)
    {
        Instant after = from == Instant.MinValue ? from : from - Duration.Epsilon;
        while (Next(after) is { } next && next.Instant < to)
        {
            yield return next;
            after = next.Instant;
        }
    }

    /// <summary>What a person should know who looks at this schedule at an instant; mostly empty.</summary>
    public IReadOnlyList<ScheduleWarning> Warnings(Instant now)
    {
        if (Next(now) is null)
        {
            return [new ScheduleWarning.NeverOpens()];
        }

        var warnings = new List<ScheduleWarning>();
        if (Terms.Schedule is Schedule.Cron cron && cron.Fields.RepeatsWithin(FiveMinutes))
        {
            warnings.Add(new ScheduleWarning.OpensTooOften());
        }

        if (_series is CronSeries series && series.PauseFrom(now) is var (last, next) && !(next >= ValidUntil))
        {
            warnings.Add(new ScheduleWarning.PausesInRepeatedHour(last, next, TextZone));
        }

        return warnings;
    }

    private static DateTimeZone? FindZone(string? id, IDateTimeZoneProvider zones)
    {
        if (id is null)
        {
            return DateTimeZone.Utc;
        }

        // NodaTime also makes zones up from ids such as UTC+05:30, which no zone database lists.
        bool fixedOffset = id.Length > 3 && id.StartsWith("UTC", StringComparison.Ordinal);
        return fixedOffset && !zones.Ids.Contains(id) ? null : zones.GetZoneOrNull(id);
    }

    private static bool TryParseDate(
        string member, string? text, out ValidityDate? date, [NotNullWhen(false)] out string? fault)
    {
        date = null;
        fault = null;
        if (text is null)
        {
            return true;
        }

        if (!ValidityDate.TryParse(member, text, out ValidityDate parsed, out string? reason))
        {
            fault = reason!;
            return false;
        }

        date = parsed;
        return true;
    }

    private static string? OffsetFault(WindowTerms terms) => terms.ScheduleOffset switch
    {
        null => null,
        < 1 or > 6 => $"Invalid ScheduleOffset: {terms.ScheduleOffset}. It is a number of days from 1 to 6.",
        _ when terms.Schedule is not Schedule.Cron =>
            $"Invalid ScheduleOffset: {terms.ScheduleOffset}. It is supported with cron schedules only, not with {terms.Schedule.Text}.",
        _ => null,
    };

    private static Instant? InstantOf(ValidityDate? date) => date is { } given
        ? Instant.FromUnixTimeMilliseconds(Math.Clamp(
            given.Millisecond, Instant.MinValue.ToUnixTimeMilliseconds(), Instant.MaxValue.ToUnixTimeMilliseconds()))
        : null;
}
