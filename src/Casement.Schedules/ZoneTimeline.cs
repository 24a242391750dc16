using System.Runtime.CompilerServices;
using NodaTime;
using NodaTime.TimeZones;

namespace Casement.Schedules;

/// <summary>
/// A zone from 1970 to 2200 as a table of stretches of constant offset. One look finds both what the wall clock
/// shows at an instant and where a local time lies, without allocating. Instants are Unix seconds, local times
/// seconds since 1970-01-01T00:00 on the wall clock: no zone changes its offset within a second.
/// </summary>
internal sealed class ZoneTimeline
{
    // Lookups start at the stretch that was current when their bucket of about 194 days began.
    private const int BucketBits = 24;

    private static readonly Instant _begin = Instant.FromUtc(1969, 12, 25, 0, 0);
    private static readonly Instant _end = Instant.FromUtc(2200, 2, 1, 0, 0);
    private static readonly long _beginSecond = _begin.ToUnixTimeSeconds();

    // A cache and nothing else: the same zone always gives the same table, and windows by the thousand share one.
    private static readonly ConditionalWeakTable<DateTimeZone, ZoneTimeline> _known = [];

    private readonly Stretch[] _stretches;
    private readonly short[] _buckets;

    private ZoneTimeline(DateTimeZone zone)
    {
        _stretches = [.. Stretches(zone)];
        _buckets = new short[((_end.ToUnixTimeSeconds() - _beginSecond) >> BucketBits) + 1];
        short index = 0;
        for (int bucket = 0; bucket < _buckets.Length; bucket++)
        {
            long second = _beginSecond + ((long)bucket << BucketBits);
            while (index + 1 < _stretches.Length && _stretches[index + 1].Start <= second)
            {
                index++;
            }

            _buckets[bucket] = index;
        }
    }

    public static ZoneTimeline Of(DateTimeZone zone) => _known.GetValue(zone, static zone => new ZoneTimeline(zone));

    public int Count => _stretches.Length;

    public ref readonly Stretch this[int index] => ref _stretches[index];

    /// <summary>The index of the stretch that holds an instant; instants outside the table belong to its ends.</summary>
    public int IndexAt(long second)
    {
        if (second < _beginSecond)
        {
            return 0;
        }

        long bucket = (second - _beginSecond) >> BucketBits;
        int index = bucket < _buckets.Length ? _buckets[bucket] : _stretches.Length - 1;
        while (index + 1 < _stretches.Length && _stretches[index + 1].Start <= second)
        {
            index++;
        }

        return index;
    }

    private static IEnumerable<Stretch> Stretches(DateTimeZone zone)
    {
        ZoneInterval interval = zone.GetZoneInterval(_begin);
        long start = _beginSecond;
        long priorLocalEnd = start + interval.WallOffset.Seconds;
        while (true)
        {
            int offset = interval.WallOffset.Seconds;
            // A change of name alone, or of standard time against savings, moves no clock.
            while (interval.HasEnd && interval.End < _end && zone.GetZoneInterval(interval.End) is var next
                && next.WallOffset.Seconds == offset)
            {
                interval = next;
            }

            bool last = !interval.HasEnd || interval.End >= _end;
            long end = last ? long.MaxValue / 4 : interval.End.ToUnixTimeSeconds();
            yield return new Stretch(start, offset, start + offset, end + offset, priorLocalEnd);
            if (last)
            {
                yield break;
            }

            priorLocalEnd = Math.Max(priorLocalEnd, end + offset);
            start = end;
            interval = zone.GetZoneInterval(interval.End);
        }
    }

    /// <summary>
    /// A stretch of constant offset. The wall clock showed <see cref="PriorLocalEnd"/> when it began: after a gap that
    /// lies before <see cref="LocalStart"/> (what lies between was skipped), in a repeated hour after it (what lies
    /// between has been shown before).
    /// </summary>
    internal readonly record struct Stretch(
        long Start, long Offset, long LocalStart, long LocalEnd, long PriorLocalEnd);
}
