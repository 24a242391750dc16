using System.Globalization;

namespace Casement.Aws.Nodes;

/// <summary>
/// The text form of instants in messages and replies: <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>, exactly three digits of a
/// second, always UTC. The stock agent takes a message whose date has another form for one that has expired.
/// </summary>
public static class NodeInstant
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Writes the instant, cut (not rounded) to milliseconds.</summary>
    public static string Format(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads exactly the form above.</summary>
    public static bool TryParse(string? text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text, Form, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);
}
