using Casement.Schedules;
using Casement.Storage;
using NodaTime;

namespace Casement.Server.Ssm.Windows;

/// <summary>The place of an opening in the order of time; equal instants are ordered by the windows' creation.</summary>
internal readonly record struct OpeningKey(long Ms, long Seq) : IComparable<OpeningKey>
{
    public int CompareTo(OpeningKey other) => (Ms, Seq).CompareTo((other.Ms, other.Seq));
}

/// <summary>One opening of one window.</summary>
internal sealed record WindowOpening(WindowRow Window, WindowSchedule Schedule, Occurrence At)
{
    public OpeningKey Key => new(At.Instant.ToUnixTimeMilliseconds(), Window.Seq);
}

/// <summary>The openings of many windows, merged in order of time and found as they are asked for.</summary>
internal static class Openings
{
    private const int Chunk = 200;

    /// <param name="windows">By their stored next opening, before which none opens: a window is read only once its turn may come.</param>
    /// <param name="after">Only openings behind this place.</param>
    /// <param name="beforeMs">Only openings before this instant; null is without end.</param>
    public static IEnumerable<WindowOpening> Merged(IEnumerable<WindowRow> windows, OpeningKey after, long? beforeMs, IDateTimeZoneProvider zones)
    {
        var queue = new PriorityQueue<WindowOpening, OpeningKey>();
        using var source = windows.GetEnumerator();
        var more = source.MoveNext();
        while (true)
        {
            while (more && !(queue.TryPeek(out _, out var first) && first.Ms < source.Current.NextMs))
            {
                Enqueue(queue, First(source.Current, after, zones));
                more = source.MoveNext();
            }

            if (!queue.TryDequeue(out var opening, out var key) || key.Ms >= beforeMs)
            {
                yield break;
            }

            yield return opening;
            Enqueue(queue, opening.Schedule.Next(opening.At.Instant) is { } next ? opening with { At = next } : null);
        }
    }

    /// <summary>All windows that will open, read in chunks.</summary>
    public static IEnumerable<WindowRow> AllWindows(Tx tx, Scope scope)
    {
        var (lastMs, lastSeq) = (long.MinValue, 0L);
        List<WindowRow> rows;
        do
        {
            rows = Storage.Windows.ByOpening(tx, scope, lastMs, lastSeq, Chunk);
            foreach (var row in rows)
            {
                yield return row;
                (lastMs, lastSeq) = (row.NextMs!.Value, row.Seq);
            }
        }
        while (rows.Count == Chunk);
    }

    private static void Enqueue(PriorityQueue<WindowOpening, OpeningKey> queue, WindowOpening? opening)
    {
        if (opening is not null)
        {
            queue.Enqueue(opening, opening.Key);
        }
    }

    private static WindowOpening? First(WindowRow window, OpeningKey after, IDateTimeZoneProvider zones)
    {
        if (WindowTimes.TryOf(window, zones) is not { } schedule)
        {
            return null;
        }

        // openings lie on whole milliseconds: one at the very instant counts if its window comes later in the order
        var instant = Instant.FromUnixTimeMilliseconds(after.Ms);
        var next = schedule.Next(window.Seq > after.Seq ? instant - NodaTime.Duration.Epsilon : instant);
        return next is { } at ? new WindowOpening(window, schedule, at) : null;
    }
}
