using System.Globalization;

namespace Casement.Aws.Wire;

/// <summary>Instants on the wire: epoch seconds in JSON, ISO 8601 in XML, both accepted as text.</summary>
internal static class WireTime
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
        "yyyyMMdd'T'HHmmssK",
    ];

    /// <summary>A text without a zone is UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);

    public static bool TryFromEpochSeconds(decimal seconds, out DateTimeOffset instant)
    {
        var least = DateTimeOffset.MinValue.ToUnixTimeSeconds();
        var greatest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        var inRange = seconds >= least && seconds <= greatest;
        instant = inRange ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default;
        return inRange;
    }

    /// <summary>Whole milliseconds; trailing zeros of the fraction are not part of the value.</summary>
    public static decimal ToEpochSeconds(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() / 1000m;

    public static string ToIso(DateTimeOffset instant)
        => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
