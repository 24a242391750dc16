using System.Numerics;

namespace Casement.Schedules;

/// <summary>
/// A compiled cron expression: one set of bits a field, and one question. It knows nothing of zones; a local time is
/// a number of seconds since 1970-01-01T00:00 on the wall clock. The search goes field by field and month by month
/// up to the year 2199, so that an expression that never matches is known as such after at most 2,760 months.
/// </summary>
internal sealed record CronFields(ulong Seconds, ulong Minutes, ulong Hours, uint Months, DayRule Days, ValueSet Years)
{
    public const int FirstYear = 1970;
    public const int LastYear = 2199;

    /// <summary>The answer of <see cref="NextLocal"/> when nothing is left.</summary>
    public const long Never = long.MaxValue;

    private const int SecondsPerHour = 3600;

    private static readonly long _localEnd =
        (long)CivilDay.NumberOf(LastYear + 1, 1, 1) * CivilDay.SecondsPerDay;

    private readonly int _firstTime =
        (BitOperations.TrailingZeroCount(Hours) * SecondsPerHour)
        + (BitOperations.TrailingZeroCount(Minutes) * 60)
        + BitOperations.TrailingZeroCount(Seconds);

    /// <summary>The first matching local time at or after <paramref name="local"/>, or <see cref="Never"/>.</summary>
    public long NextLocal(long local)
    {
        if (local >= _localEnd)
        {
            return Never;
        }

        long from = Math.Max(local, 0);
        int number = (int)(from / CivilDay.SecondsPerDay);
        CivilDay date = CivilDay.FromNumber(number);
        if (Years.Contains(date.Year - FirstYear) && (Months >> date.Month & 1) != 0)
        {
            MonthShape month = MonthShape.Of(date.Year, date.Month);
            uint days = Days.DaysOf(month);
            if ((days >> date.Day & 1) != 0)
            {
                int time = TimeFrom((int)(from - ((long)number * CivilDay.SecondsPerDay)));
                if (time >= 0)
                {
                    return ((long)number * CivilDay.SecondsPerDay) + time;
                }
            }

            int day = DayRule.FirstAfter(days, date.Day);
            if (day != 0)
            {
                return FirstOn(month, day);
            }
        }

        return FirstInMonthsAfter(date.Year, date.Month);
    }

    /// <summary>
    /// Whether two consecutive matching local times ever lie closer together than this many seconds (less than a day).
    /// </summary>
    public bool RepeatsWithin(int seconds)
    {
        int last = _firstTime;
        for (int time = TimeFrom(last + 1); time >= 0; time = TimeFrom(last + 1))
        {
            if (time - last < seconds)
            {
                return true;
            }

            last = time;
        }

        return CivilDay.SecondsPerDay - last + _firstTime < seconds && HasNeighbouringDays();
    }

    private long FirstInMonthsAfter(int year, int month)
    {
        int index = year - FirstYear;
        uint months = Years.Contains(index) ? Months & (uint.MaxValue << month << 1) : 0;
        while (true)
        {
            for (; months != 0; months &= months - 1)
            {
                MonthShape shape = MonthShape.Of(FirstYear + index, BitOperations.TrailingZeroCount(months));
                int day = DayRule.FirstAfter(Days.DaysOf(shape), 0);
                if (day != 0)
                {
                    return FirstOn(shape, day);
                }
            }

            index = Years.FirstFrom(index + 1);
            if (index < 0)
            {
                return Never;
            }

            months = Months;
        }
    }

    private long FirstOn(MonthShape month, int day) =>
        ((long)(month.FirstDayNumber + day - 1) * CivilDay.SecondsPerDay) + _firstTime;

    /// <summary>The first matching time of day at or after a second of the day, in seconds since midnight, or -1.</summary>
    private int TimeFrom(int second)
    {
        int hour = second / SecondsPerHour;
        if (hour > 23)
        {
            return -1;
        }

        int minute = second / 60 % 60;
        if ((Hours >> hour & 1) != 0)
        {
            ulong seconds = Seconds & (ulong.MaxValue << (second % 60));
            if ((Minutes >> minute & 1) != 0 && seconds != 0)
            {
                return second - (second % 60) + BitOperations.TrailingZeroCount(seconds);
            }

            ulong minutes = Minutes & (ulong.MaxValue << minute << 1);
            if (minutes != 0)
            {
                return (hour * SecondsPerHour) + (BitOperations.TrailingZeroCount(minutes) * 60)
                    + BitOperations.TrailingZeroCount(Seconds);
            }
        }

        ulong hours = Hours & (ulong.MaxValue << hour << 1);
        return hours == 0
            ? -1
            : (BitOperations.TrailingZeroCount(hours) * SecondsPerHour) + (_firstTime % SecondsPerHour);
    }

    private bool HasNeighbouringDays()
    {
        bool lastDayBefore = false;
        for (int year = FirstYear; year <= LastYear; year++)
        {
            for (int month = 1; month <= 12; month++)
            {
                bool open = Years.Contains(year - FirstYear) && (Months >> month & 1) != 0;
                MonthShape shape = MonthShape.Of(year, month);
                uint days = open ? Days.DaysOf(shape) : 0;
                if ((days & (days << 1)) != 0 || (lastDayBefore && (days & 2) != 0))
                {
                    return true;
                }

                lastDayBefore = (days >> shape.Length & 1) != 0;
            }
        }

        return false;
    }
}
