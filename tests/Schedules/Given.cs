using NodaTime;
using NodaTime.Text;

namespace Casement.Schedules.Tests;

internal static class Given
{
    public static Schedule Schedule(string text)
    {
        Assert.True(Schedules.Schedule.TryParse(text, out Schedule? schedule, out string? fault), fault);
        return schedule;
    }

    public static Instant At(string text) => OffsetDateTimePattern.ExtendedIso.Parse(text).GetValueOrThrow().ToInstant();

    public static WindowSchedule Window(WindowTerms terms)
    {
        Assert.True(WindowSchedule.TryCreate(terms, out WindowSchedule? window, out string? fault), fault);
        return window;
    }

    public static WindowSchedule Window(string schedule, string anchor = "2024-01-01T00:00:00Z", string? zone = null) =>
        Window(new WindowTerms(Schedule(schedule), At(anchor)) { Timezone = zone });

    /// <summary>The next openings after an instant, as NextExecutionTime writes them.</summary>
    public static string[] Texts(WindowSchedule window, Instant after, int count)
    {
        var texts = new List<string>();
        for (Occurrence? next = window.Next(after); next is { } opening && texts.Count < count; next = window.Next(opening.Instant))
        {
            texts.Add(OccurrenceText.Format(opening, window));
        }

        return [.. texts];
    }
}
