using System.Globalization;
using Casement.Simulation.Tests.Machinery;
using NodaTime;

namespace Casement.Simulation.Tests.World;

/// <summary>A schedule as the simulation made it up: its text for the server, its meaning for the oracle.</summary>
internal sealed record Timetable(string Text, string Zone, int Offset)
{
    /// <summary>For rates; null for others.</summary>
    public int? EveryMinutes { get; init; }

    public IReadOnlySet<int> Hours { get; init; } = new HashSet<int>();

    public IReadOnlySet<int> Minutes { get; init; } = new HashSet<int>();

    public IsoDayOfWeek? Day { get; init; }

    /// <summary>For a single time; null for others.</summary>
    public LocalDateTime? Once { get; init; }

    // at the start of a run clocks change in one of these within a day
    public static readonly string[] Zones = ["UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "America/Nuuk"];

    private static readonly Instant[] Changes =
    [
        Instant.FromUtc(2026, 3, 8, 10, 0), Instant.FromUtc(2026, 11, 1, 9, 0), Instant.FromUtc(2026, 3, 29, 1, 0), Instant.FromUtc(2026, 10, 25, 1, 0),
        Instant.FromUtc(2026, 4, 4, 15, 0), Instant.FromUtc(2026, 10, 3, 15, 30), Instant.FromUtc(2026, 6, 10, 12, 0),
    ];

    /// <summary>When a run begins: mostly some hours before clocks change somewhere.</summary>
    public static Instant Start(Dice dice) => dice.Pick(Changes) - Duration.FromMilliseconds(dice.Below(6 * 3_600_000));

    public static Timetable Of(Dice dice, Instant now) => dice.Below(10) switch
    {
        < 3 => Rate(dice.Pick([30, 60, 60, 90, 120, 180, 240])),
        9 => At(dice, now),
        _ => Cron(dice, now),
    };

    private static Timetable Rate(int minutes) =>
        new(minutes % 60 == 0 && minutes > 60 ? Form($"rate({minutes / 60} hours)") : minutes == 60 ? "rate(1 hour)" : Form($"rate({minutes} minutes)"), "UTC", 0)
        {
            EveryMinutes = minutes,
        };

    private static Timetable At(Dice dice, Instant now)
    {
        var zone = dice.Pick(Zones);
        var local = (now + Duration.FromMinutes(dice.Between(-30, 600))).InZone(DateTimeZoneProviders.Tzdb[zone]).LocalDateTime;
        local = local.Date + new LocalTime(local.Hour, local.Minute);
        return new Timetable(local.ToString("'at('uuuu-MM-dd'T'HH:mm:ss')'", CultureInfo.InvariantCulture), zone, 0) { Once = local };
    }

    private static Timetable Cron(Dice dice, Instant now)
    {
        var zone = dice.Pick(Zones);
        var minutes = dice.Pick<int[]>([[0], [0], [30], [15, 45], [0, 30], [dice.Below(60)]]);
        var every = dice.Pick([1, 1, 2, 3, 4]);
        var from = dice.Below(every);
        int[] hours = [.. Enumerable.Range(0, 24).Where(h => h >= from && (h - from) % every == 0)];
        var day = dice.Chance(15) ? now.InZone(DateTimeZoneProviders.Tzdb[zone]).DayOfWeek : (IsoDayOfWeek?)null;
        var offset = dice.Chance(15) ? dice.Between(1, 2) : 0;
        var dayField = day is { } weekday ? Form($"? * {Enum.GetName(weekday)![..3].ToUpperInvariant()} *") : "* * ? *";
        var hourField = every == 1 ? "*" : Form($"{from}/{every}");
        return new Timetable(Form($"cron({string.Join(',', minutes)} {hourField} {dayField})"), zone, offset)
        {
            Hours = hours.ToHashSet(),
            Minutes = minutes.ToHashSet(),
            Day = day,
        };
    }

    private static string Form(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
