using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Casement.Schedules;

/// <summary>
/// When a window opens, as written: <c>cron(…)</c>, <c>rate(…)</c> or <c>at(…)</c>, parsed, checked and compiled.
/// It is not yet bound to a time zone, a validity or a moment to count from: <see cref="WindowSchedule"/> is.
/// Immutable, safe for use by several threads, equal by text.
/// </summary>
public abstract record Schedule
{
    /// <summary>The longest expression that is read, in UTF-16 code units.</summary>
    public const int MaxTextLength = 256;

    private static readonly LocalDateTimePattern _atPattern =
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss");

    private protected Schedule(string text) => Text = text;

    /// <summary>The expression exactly as it was given.</summary>
    public string Text { get; }

    /// <summary>
    /// Fields on the wall clock, in AWS's order: [Seconds] Minutes Hours Day-of-month Month Day-of-week Year.
    /// </summary>
    public sealed record Cron : Schedule
    {
        internal Cron(string text, CronFields fields, bool hasSeconds)
            : base(text)
        {
            Fields = fields;
            HasSeconds = hasSeconds;
        }

        /// <summary>Whether the seventh, leading Seconds field was given; without it openings lie on whole minutes.</summary>
        public bool HasSeconds { get; }

        internal CronFields Fields { get; }
    }

    /// <summary>An interval of elapsed time, independent of wall clocks: a day is 24 hours.</summary>
    public sealed record Rate : Schedule
    {
        internal Rate(string text, Duration interval)
            : base(text) => Interval = interval;

        /// <summary>Whole minutes, hours or days; at least one minute.</summary>
        public Duration Interval { get; }
    }

    /// <summary>A single opening at a time on the wall clock of the window's zone, or in UTC if it has none.</summary>
    public sealed record At : Schedule
    {
        internal At(string text, LocalDateTime time)
            : base(text) => Time = time;

        /// <summary>To the second, in the years 1970 to 2199.</summary>
        public LocalDateTime Time { get; }
    }

    /// <summary>
    /// Compiles an expression. A fault is one sentence in the form
    /// <c>Invalid schedule: &lt;value&gt;. &lt;field, value and rule&gt;</c>; it never throws for any text.
    /// </summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out Schedule? schedule, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        schedule = Compile(text, out string? reason);
        fault = schedule is null ? $"Invalid schedule: {text}. {reason}" : null;
        return schedule is not null;
    }

    /// <summary>The expression as it was given.</summary>
    public sealed override string ToString() => Text;

    private static Schedule? Compile(string text, out string? reason)
    {
        if (text.Length is 0 or > MaxTextLength)
        {
            reason = $"A schedule has 1 to {MaxTextLength} characters, not {text.Length}.";
            return null;
        }

        if (!text.EndsWith(')'))
        {
            reason = "A schedule is cron(...), rate(...) or at(...), in lower case and closed by ')'.";
            return null;
        }

        if (text.StartsWith("cron(", StringComparison.Ordinal))
        {
            return CronExpression.TryParse(text.AsSpan(5..^1), out CronFields? fields, out bool hasSeconds, out reason)
                ? new Cron(text, fields!, hasSeconds)
                : null;
        }

        if (text.StartsWith("rate(", StringComparison.Ordinal))
        {
            return CompileRate(text, out reason);
        }

        if (text.StartsWith("at(", StringComparison.Ordinal))
        {
            return CompileAt(text, out reason);
        }

        reason = "A schedule is cron(...), rate(...) or at(...), in lower case and closed by ')'.";
        return null;
    }

    private static Rate? CompileRate(string text, out string? reason)
    {
        string[] parts = text[5..^1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
        {
            reason = "rate takes a value and a unit separated by a space, as in rate(7 days).";
            return null;
        }

        if (!CronField.TryParseDigits(parts[0], out int value) || value is < 1 or int.MaxValue)
        {
            reason = string.Create(
                CultureInfo.InvariantCulture, $"The rate's value '{parts[0]}' is not a whole number from 1 to {int.MaxValue - 1}.");
            return null;
        }

        (Duration unit, bool plural)? known = parts[1] switch
        {
            "minute" => (Duration.FromMinutes(1), false),
            "minutes" => (Duration.FromMinutes(1), true),
            "hour" => (Duration.FromHours(1), false),
            "hours" => (Duration.FromHours(1), true),
            "day" => (Duration.FromDays(1), false),
            "days" => (Duration.FromDays(1), true),
            _ => null,
        };
        if (known is not var (length, isPlural))
        {
            reason = $"The rate's unit '{parts[1]}' is not minute, minutes, hour, hours, day or days.";
            return null;
        }

        if (isPlural == (value == 1))
        {
            reason = $"The rate's unit '{parts[1]}' does not fit the value {value}: it is singular for 1 and plural otherwise.";
            return null;
        }

        // Beyond NodaTime's own range an interval is as good as endless.
        double days = value * length.TotalDays;
        reason = null;
        return new Rate(text, days > RateSeries.LongestDays ? Duration.FromDays(RateSeries.LongestDays) : value * length);
    }

    private static At? CompileAt(string text, out string? reason)
    {
        string body = text[3..^1];
        ParseResult<LocalDateTime> time = _atPattern.Parse(body);
        // NodaTime reads 24:00:00 as the next midnight; AWS's form has hours 00 to 23.
        if (!time.Success || body.AsSpan(11).StartsWith("24", StringComparison.Ordinal))
        {
            reason = $"The time '{body}' is not an existing date and time in the form yyyy-MM-ddTHH:mm:ss, without offset.";
            return null;
        }

        if (time.Value.Year is < CronFields.FirstYear or > CronFields.LastYear)
        {
            reason = $"The year of '{body}' is not from {CronFields.FirstYear} to {CronFields.LastYear}.";
            return null;
        }

        reason = null;
        return new At(text, time.Value);
    }
}
