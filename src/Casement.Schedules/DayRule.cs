using System.Numerics;

namespace Casement.Schedules;

/// <summary>The shape of one month. Weekdays count from Sunday = 0, days of the month from 1.</summary>
internal readonly record struct MonthShape(int FirstDayNumber, int Length, int FirstWeekday)
{
    private const int Sunday = 0;
    private const int Saturday = 6;

    public static MonthShape Of(int year, int month)
    {
        int first = CivilDay.NumberOf(year, month, 1);
        // 1 January 1970 was a Thursday.
        return new MonthShape(first, CivilDay.DaysInMonth(year, month), (first + 4) % 7);
    }

    /// <summary>Bit d for each day d of the month: 1 up to <see cref="Length"/>.</summary>
    public uint AllDays => (uint)((1UL << (Length + 1)) - 2);

    /// <summary>
    /// The weekday (Monday to Friday) nearest to a day, never leaving the month: the first on a Saturday
    /// gives Monday the third, the last on a Sunday gives the Friday before.
    /// </summary>
    public int NearestWorkday(int day)
    {
        int weekday = (FirstWeekday + day - 1) % 7;
        return weekday switch
        {
            Saturday => day == 1 ? 3 : day - 1,
            Sunday => day == Length ? day - 2 : day + 1,
            _ => day,
        };
    }

    /// <summary>The first day of the month that falls on the weekday: 1 to 7.</summary>
    public int FirstOn(int weekday) => ((weekday - FirstWeekday + 7) % 7) + 1;
}

/// <summary>Which days of a month a cron expression names, by its one day field that is not <c>?</c>.</summary>
internal abstract record DayRule
{
    /// <summary>Open inside the project, so that a test can count how many months a search looks at.</summary>
    internal DayRule()
    {
    }

    /// <summary>Bit d (1 to 31) is set if the schedule opens on day d of this month.</summary>
    public abstract uint DaysOf(MonthShape month);

    /// <summary>Days by number; a month without such a day is passed over.</summary>
    internal sealed record Numbered(uint Days) : DayRule
    {
        public override uint DaysOf(MonthShape month) => Days & month.AllDays;
    }

    /// <summary><c>L</c>, <c>L-3</c>, <c>LW</c>, <c>L-3W</c>; a month too short to count back that far is passed over.</summary>
    internal sealed record FromLast(int DaysBefore, bool NearestWorkday) : DayRule
    {
        public override uint DaysOf(MonthShape month)
        {
            int day = month.Length - DaysBefore;
            if (day < 1)
            {
                return 0;
            }

            return 1U << (NearestWorkday ? month.NearestWorkday(day) : day);
        }
    }

    /// <summary><c>15W</c>; a month without that day is passed over.</summary>
    internal sealed record Nearest(int Day) : DayRule
    {
        public override uint DaysOf(MonthShape month) => Day > month.Length ? 0 : 1U << month.NearestWorkday(Day);
    }

    /// <summary>Every week on these weekdays: bit 0 is Sunday, bit 6 Saturday.</summary>
    internal sealed record Weekly(uint Weekdays) : DayRule
    {
        // One bit every seven: times a week it gives six weeks in a row, enough for any month from any weekday.
        private const ulong SixWeeks = 0x0000_0008_1020_4081;

        public override uint DaysOf(MonthShape month) =>
            (uint)((Weekdays * SixWeeks >> month.FirstWeekday << 1) & month.AllDays);
    }

    /// <summary><c>6L</c>: the last such weekday of the month.</summary>
    internal sealed record LastWeekday(int Weekday) : DayRule
    {
        public override uint DaysOf(MonthShape month)
        {
            int first = month.FirstOn(Weekday);
            return 1U << (first + ((month.Length - first) / 7 * 7));
        }
    }

    /// <summary><c>3#2</c>: the n-th such weekday; a month without a fifth one is passed over.</summary>
    internal sealed record NthWeekday(int Weekday, int Nth) : DayRule
    {
        public override uint DaysOf(MonthShape month)
        {
            int day = month.FirstOn(Weekday) + ((Nth - 1) * 7);
            return day > month.Length ? 0 : 1U << day;
        }
    }

    /// <summary>The smallest day in the set that is greater than <paramref name="day"/> (0 to 31), or 0.</summary>
    public static int FirstAfter(uint days, int day)
    {
        // Two shifts: one by 32 would be a shift by nothing.
        uint later = days & (uint.MaxValue << day << 1);
        return later == 0 ? 0 : BitOperations.TrailingZeroCount(later);
    }
}
